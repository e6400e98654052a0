"""The tables of the record: links of the chain, their readers, signed tree heads, keys; the database refuses to change or delete them."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from langqiao.engine.record.chain import GENESIS, Link

BLOCK = 256
"""How many leaves one kept inner node of the tree stands for."""


class Record(models.Model):
    """One link of the chain. Texts are kept as they were hashed: `at` is UTC text, `parties` and `payload` are canonical JSON."""

    seq = models.BigIntegerField(primary_key=True)
    at = models.CharField(max_length=27)
    actor = models.CharField(max_length=120, db_index=True)
    action = models.CharField(max_length=80, db_index=True)
    subject = models.CharField(max_length=160, db_index=True)
    parties = models.TextField()
    payload = models.TextField()
    prev_hash = models.CharField(max_length=64, unique=True)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering: ClassVar = ["-seq"]
        constraints: ClassVar = [models.CheckConstraint(name="record_counts_from_one", condition=models.Q(seq__gte=1))]

    def __str__(self) -> str:
        return f"{self.seq} {self.action} {self.subject}"

    def link(self) -> Link:
        """The value that the engine checks."""
        return Link(**{name: getattr(self, name) for name in LINK_FIELDS})


LINK_FIELDS = ("seq", "at", "actor", "action", "subject", "parties", "payload", "prev_hash", "hash")


class RecordReader(models.Model):
    """An organization whose members may read a record: a row for each number in the record's `parties`.

    The number is no foreign key: the record outlives an organization that is merged or deleted.
    """

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="readers")
    organization_id = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(name="record_reader_once", fields=["organization_id", "record"])]

    def __str__(self) -> str:
        return f"{self.record_id} · {self.organization_id}"


class Chain(models.Model):
    """The end of the chain: one row, moved on by the database itself at each insert, locked by whoever appends."""

    size = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default=GENESIS)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(name="chain_one_row", condition=models.Q(pk=1))]

    def __str__(self) -> str:
        return f"{self.size} {self.hash}"


class TreeBlock(models.Model):
    """The root over one full block of 256 leaves, kept so that a proof does not read every record; verification computes it anew."""

    index = models.BigIntegerField(primary_key=True)
    root = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.index} {self.root}"


class SigningKey(models.Model):
    """The public half of a key that signed heads; the private half is a file or an environment variable, never here."""

    key_id = models.CharField(max_length=32, primary_key=True)
    algorithm = models.CharField(max_length=20)
    public_key = models.CharField(max_length=128)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.algorithm} {self.key_id}"


class TreeHead(models.Model):
    """The signed state of the record at a size. `body` is the canonical JSON that was signed."""

    size = models.BigIntegerField(primary_key=True)
    root = models.CharField(max_length=64)
    at = models.CharField(max_length=27)
    key = models.ForeignKey(SigningKey, on_delete=models.PROTECT, related_name="heads")
    body = models.TextField()
    signature = models.CharField(max_length=200)

    class Meta:
        ordering: ClassVar = ["-size"]

    def __str__(self) -> str:
        return f"{self.size} {self.root}"


class MarkSalt(models.Model):
    """The salt of one personal datum's mark. `lookup` finds it without keeping the datum; deleting the row cuts the mark from the person for good."""

    lookup = models.CharField(max_length=64, unique=True)
    salt = models.CharField(max_length=64)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return self.lookup[:12]


class LookupKey(models.Model):
    """The key under which `MarkSalt.lookup` is computed: one row, made at the first mark."""

    key = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(name="lookup_key_one_row", condition=models.Q(pk=1))]

    def __str__(self) -> str:
        return "lookup key"

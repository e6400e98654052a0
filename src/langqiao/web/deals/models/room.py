"""What lies in the room of a deal: files behind the gate of confidence, questions, offers, consents, proofs, signatures, bids, and who looked."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from langqiao.web.people.models import Organization

USER = settings.AUTH_USER_MODEL


class Entry(models.Model):
    """What every thing in a room has: its deal, who put it there for which organization, and when."""

    deal = models.ForeignKey("deals.Deal", on_delete=models.PROTECT, related_name="%(class)s_set")
    organization = models.ForeignKey(Organization, null=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        abstract = True
        ordering: ClassVar = ["at", "pk"]

    def __str__(self) -> str:
        return f"{type(self).__name__} {self.pk}"


class Nda(Entry):
    """A side's signature of the agreement of confidence; `sha256` is the hash of the text it saw."""

    role = models.CharField(max_length=10)
    sha256 = models.CharField(max_length=64)

    class Meta(Entry.Meta):
        constraints: ClassVar = [models.UniqueConstraint(name="deal_nda_once", fields=["deal", "role"])]


class RoomFile(Entry):
    """A file by its content. `tier`: brief files are seen from the start, room files after both sides signed the agreement of confidence."""

    BRIEF, ROOM = "brief", "room"

    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=30)
    tier = models.CharField(max_length=10, default=ROOM, choices=[(BRIEF, BRIEF), (ROOM, ROOM)])
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveBigIntegerField()
    stored = models.CharField(max_length=500)


class Access(Entry):
    """Who opened what of a room; `what` is a word of the room or a file's name."""

    file = models.ForeignKey(RoomFile, null=True, on_delete=models.PROTECT, related_name="accesses")
    what = models.CharField(max_length=200)


class Question(Entry):
    """A question to the other side and its answer."""

    text = models.TextField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta(Entry.Meta):
        constraints: ClassVar = [
            models.CheckConstraint(
                name="deal_answer_complete",
                condition=models.Q(answer="", answered_at__isnull=True) | (~models.Q(answer="") & models.Q(answered_at__isnull=False)),
            )
        ]


class Offer(Entry):
    """An offer or counter-offer with all its terms as they were."""

    role = models.CharField(max_length=10)
    terms = models.JSONField(default=dict)
    price_fen = models.BigIntegerField(null=True)
    expires_on = models.DateField(null=True)
    note = models.TextField(blank=True)


class Consent(Entry):
    """Whose word a deal needs: a co-owner's, the pledgee's, both sides' of a pledge, or that of a holder of first refusal whose window runs.

    `asked`: the holder's organization on this market, which answers itself: `given_on` (or waived), or `refused_on` (first refusal: it steps in),
    with `terms_sha256`, the hash of the terms it saw; a given consent covers no other terms.
    """

    BASES: ClassVar = ["co_owner", "pledgee", "pledge_parties", "first_refusal"]

    holder = models.CharField(max_length=200)
    basis = models.CharField(max_length=20, choices=[(word, word) for word in BASES])
    served_on = models.DateField(null=True)
    open_days = models.PositiveSmallIntegerField(default=0)
    given_on = models.DateField(null=True)
    file = models.ForeignKey(RoomFile, null=True, on_delete=models.PROTECT, related_name="+")
    asked = models.ForeignKey(Organization, null=True, on_delete=models.PROTECT, related_name="consents_asked")
    refused_on = models.DateField(null=True)
    reason = models.TextField(blank=True)
    terms_sha256 = models.CharField(max_length=64, blank=True)
    answered_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta(Entry.Meta):
        constraints: ClassVar = [
            models.CheckConstraint(
                name="deal_consent_given_or_refused", condition=models.Q(given_on__isnull=True) | models.Q(refused_on__isnull=True)
            ),
            models.UniqueConstraint(name="deal_consent_once", fields=["deal", "holder", "basis"]),
            models.CheckConstraint(
                name="deal_consent_basis", condition=models.Q(basis__in=["co_owner", "pledgee", "pledge_parties", "first_refusal"])
            ),
        ]


class Publicity(Entry):
    """Publicity inside a state unit of the result's name and the proposed price, and an objection if one came in."""

    result_name = models.CharField(max_length=300)
    price_fen = models.BigIntegerField()
    begun_on = models.DateField()
    objection = models.TextField(blank=True)


class Clearance(Entry):
    """Clearance of a technology export for a foreign acquirer."""

    number = models.CharField(max_length=80)
    on = models.DateField()
    file = models.ForeignKey(RoomFile, null=True, on_delete=models.PROTECT, related_name="+")


class OfficeReceipt(Entry):
    """The office's receipt for one patent: of a registration, recordal, announcement, withdrawal or deregistration."""

    key = models.CharField(max_length=80)
    kind = models.CharField(max_length=20)
    number = models.CharField(max_length=80)
    on = models.DateField()
    file = models.ForeignKey(RoomFile, null=True, on_delete=models.PROTECT, related_name="+")


class Signature(Entry):
    """A side's signature under the contract of the deal; `document` is the documents room's key, `sha256` that of the bytes signed."""

    role = models.CharField(max_length=10)
    document = models.CharField(max_length=80, blank=True)
    sha256 = models.CharField(max_length=64)
    terms_sha256 = models.CharField(max_length=64)


class Bid(Entry):
    """One move in an auction, in the order they came: deposit, bid, commitment or opening. A sealed amount stands here only once it is opened."""

    bidder = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="bids")
    move = models.CharField(max_length=10)
    amount_fen = models.BigIntegerField(null=True)
    digest = models.CharField(max_length=64, blank=True)
    nonce = models.CharField(max_length=120, blank=True)
    number = models.PositiveIntegerField()

    class Meta(Entry.Meta):
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [models.UniqueConstraint(name="deal_bid_numbered", fields=["deal", "number"])]


class Invoice(Entry):
    """An invoice that the paying side asked for, with the request as documents, and the number under which the other side issued it."""

    amount_fen = models.BigIntegerField()
    item = models.CharField(max_length=120)
    documents = models.JSONField(default=list)
    number = models.CharField(max_length=80, blank=True)
    issued_on = models.DateField(null=True)
    file = models.ForeignKey(RoomFile, null=True, on_delete=models.PROTECT, related_name="+")
    issued_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta(Entry.Meta):
        constraints: ClassVar = [
            models.CheckConstraint(name="deal_invoice_positive", condition=models.Q(amount_fen__gt=0)),
            models.CheckConstraint(
                name="deal_invoice_issued_together",
                condition=models.Q(number="", issued_on__isnull=True) | (~models.Q(number="") & models.Q(issued_on__isnull=False)),
            ),
        ]

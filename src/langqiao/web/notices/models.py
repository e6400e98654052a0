"""The tables of being told: notices with their readers, mail and webhook deliveries that survive a restart, watches, feeds."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from langqiao.web.people.models import Organization
from langqiao.web.portfolio.models import SavedView

USER = settings.AUTH_USER_MODEL


class Notice(models.Model):
    """One thing an organization is told: a step that was recorded (`record_seq`), or a reminder (`source` names it once)."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="notices")
    action = models.CharField(max_length=80, db_index=True)
    subject = models.CharField(max_length=160)
    source = models.CharField(max_length=200)
    record_seq = models.BigIntegerField(null=True)
    due_on = models.DateField(null=True)
    facts = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [models.UniqueConstraint(name="notice_once", fields=["organization", "source"])]

    def __str__(self) -> str:
        return f"{self.action} {self.subject}"


class NoticeRead(models.Model):
    """Up to which notice of an organization a user has read."""

    user = models.ForeignKey(USER, on_delete=models.CASCADE, related_name="+")
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    last_id = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(name="notice_read_once", fields=["user", "organization"])]

    def __str__(self) -> str:
        return f"{self.user_id} {self.last_id}"


class NoticeCursor(models.Model):
    """Up to which record notices were made: one row."""

    last_seq = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(name="notice_cursor_one_row", condition=models.Q(pk=1))]

    def __str__(self) -> str:
        return str(self.last_seq)


class MailWish(models.Model):
    """A user wants an organization's notices by e-mail: `deadlines` only, or everything."""

    user = models.ForeignKey(USER, on_delete=models.CASCADE, related_name="+")
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    what = models.CharField(max_length=12, default="deadlines")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="mail_wish_once", fields=["user", "organization"]),
            models.CheckConstraint(name="mail_wish_known", condition=models.Q(what__in=["nothing", "deadlines", "everything"])),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.what}"


class Webhook(models.Model):
    """An address of an organization that is told of its notices; `sealed_secret` signs each delivery and is shown once, when made."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="webhooks")
    url = models.URLField(_("address"), max_length=500)
    actions = models.JSONField(default=list)
    sealed_secret = models.CharField(max_length=255)
    is_active = models.BooleanField(default=True)
    by = models.ForeignKey(USER, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["created_at"]

    def __str__(self) -> str:
        return self.url


class Delivery(models.Model):
    """One thing to be sent, by mail to a user or to a webhook: tried again with growing pauses, given up after `ATTEMPTS_MAX`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="deliveries")
    webhook = models.ForeignKey(Webhook, null=True, on_delete=models.CASCADE, related_name="deliveries")
    user = models.ForeignKey(USER, null=True, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, default="waiting", db_index=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(db_index=True)
    claimed_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=300, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-next_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="delivery_to_one",
                condition=models.Q(webhook=None, user__isnull=False) | models.Q(user=None, webhook__isnull=False),
            ),
            models.CheckConstraint(name="delivery_state_known", condition=models.Q(state__in=["waiting", "sent", "failed"])),
            models.UniqueConstraint(name="delivery_once_hook", fields=["notice", "webhook"], condition=models.Q(user=None)),
            models.UniqueConstraint(name="delivery_once_user", fields=["notice", "user"], condition=models.Q(webhook=None)),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.state}"


class Watch(models.Model):
    """A right that an organization watches: its status as last told."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="watches")
    by = models.ForeignKey(USER, null=True, on_delete=models.SET_NULL, related_name="+")
    key = models.CharField(max_length=80)
    number = models.CharField(max_length=80)
    status = models.CharField(max_length=30, blank=True)
    burdens = models.CharField(max_length=300, blank=True)
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [models.UniqueConstraint(name="watch_once", fields=["organization", "key"])]

    def __str__(self) -> str:
        return self.number


class Feed(models.Model):
    """A saved search as a feed: the token in its address is kept as a hash; `seen` are the keys the last look found, for notices of new ones."""

    view = models.OneToOneField(SavedView, on_delete=models.CASCADE, related_name="feed")
    token_hash = models.CharField(max_length=64, unique=True)
    seen = models.JSONField(default=list)
    looked_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.view)

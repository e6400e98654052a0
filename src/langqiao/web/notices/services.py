"""Writes of being told: notices made from the record, reminders, deliveries with retries, wishes, webhooks, watches."""

import datetime as dt
import logging
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.audit.models import Record
from langqiao.web.audit.services import record_append
from langqiao.web.notices.models import Delivery, MailWish, Notice, NoticeCursor, NoticeRead, Webhook
from langqiao.web.notices.sending import AddressRefusedError, post, target_of
from langqiao.web.notices.words import ACTIONS, address_of, sentence
from langqiao.web.people.models import Membership, User
from langqiao.web.people.sealing import seal, unseal

log = logging.getLogger(__name__)
BATCH = 500
ATTEMPTS_MAX = 8
PAUSES_S = (60, 300, 900, 3_600, 3 * 3_600, 12 * 3_600, 24 * 3_600)
"""Pause before each further attempt: eight attempts in about two days."""
CLAIM = dt.timedelta(minutes=2)
"""A delivery whose sender died is taken up again after this time; the receiver tells a repeat by `Langqiao-Delivery`."""
WEBHOOKS_MAX = 20


def notices_make() -> int:
    """The duty: turns new links of the record into notices, once each; returns how many. Nothing is lost or doubled by a crash."""
    made = 0
    while True:
        with transaction.atomic():
            NoticeCursor.objects.get_or_create(pk=1)
            cursor = NoticeCursor.objects.select_for_update().get(pk=1)
            records = list(Record.objects.filter(seq__gt=cursor.last_seq).order_by("seq").prefetch_related("readers")[:BATCH])
            for record in records:
                made += _notices_of(record)
            if records:
                cursor.last_seq = records[-1].seq
                cursor.save(update_fields=["last_seq"])
        if len(records) < BATCH:
            return made


def _notices_of(record: Record) -> int:
    told = ACTIONS.get(record.action)
    if told is None:
        return 0
    actors = set() if told.own else _organizations_of(record.actor)
    made = 0
    for reader in record.readers.all():
        if reader.organization_id not in actors:
            made += notice_write(
                organization_id=reader.organization_id,
                action=record.action,
                subject=record.subject,
                source=f"record/{record.seq}",
                record_seq=record.seq,
            )
    return made


def _organizations_of(actor: str) -> set[int]:
    kind, _slash, number = actor.partition("/")
    if kind != "user" or not number.isdigit():
        return set()
    return set(Membership.objects.filter(user_id=int(number)).values_list("organization_id", flat=True))


def notice_write(*, organization_id: int, action: str, subject: str, source: str, **more: Any) -> int:
    """One notice with its deliveries, in the caller's transaction; 0 where the same source was told before. `more`: record_seq, due_on, facts."""
    notice, fresh = Notice.objects.get_or_create(
        organization_id=organization_id, source=source, defaults={"action": action, "subject": subject, **more}
    )
    if not fresh:
        return 0
    now = timezone.now()
    hooks = [
        hook
        for hook in Webhook.objects.filter(organization_id=organization_id, is_active=True)
        if not hook.actions or action in hook.actions
    ]
    wanted = ["everything", "deadlines"] if ACTIONS[action].deadline else ["everything"]
    wishes = MailWish.objects.filter(organization_id=organization_id, what__in=wanted, user__is_active=True)
    members = set(Membership.objects.filter(organization_id=organization_id).values_list("user_id", flat=True))
    Delivery.objects.bulk_create(
        [
            *(Delivery(notice=notice, webhook=hook, next_at=now) for hook in hooks),
            *(Delivery(notice=notice, user_id=wish.user_id, next_at=now) for wish in wishes if wish.user_id in members),
        ]
    )
    return 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """A day that comes near: told once for each `lead` (days before; a negative lead is overdue)."""

    organization_id: int
    action: str
    subject: str
    on: dt.date
    facts: Mapping[str, Any] = field(default_factory=dict)


LEADS = (30, 7, 1, 0, -1)


def reminders_write(reminders: Iterable[Reminder], *, today: dt.date) -> int:
    """Writes what is due to be told today, the nearest lead only."""
    made = 0
    for reminder in reminders:
        left = (reminder.on - today).days
        lead = next((lead for lead in sorted(LEADS) if left <= lead), None)
        if lead is None:
            continue
        source = f"{reminder.action}/{reminder.subject}/{reminder.facts.get('code', '')}/{reminder.on}/{lead}"
        with transaction.atomic():
            made += notice_write(
                organization_id=reminder.organization_id,
                action=reminder.action,
                subject=reminder.subject,
                source=source,
                due_on=reminder.on,
                facts=dict(reminder.facts),
            )
    return made


def deliveries_send() -> int:
    """The duty: sends what is due, oldest first; returns how many arrived. A receiver that fails is tried again later."""
    arrived = 0
    for pk in list(
        Delivery.objects.filter(state="waiting", next_at__lte=timezone.now()).order_by("next_at").values_list("pk", flat=True)[:200]
    ):
        delivery = _claimed(pk)
        if delivery is not None:
            arrived += _sent(delivery)
    return arrived


def _claimed(pk: Any) -> Delivery | None:
    now = timezone.now()
    free = Delivery.objects.filter(pk=pk, state="waiting", next_at__lte=now)
    taken = free.update(claimed_at=now, next_at=now + CLAIM)
    return Delivery.objects.select_related("notice__organization", "webhook", "user").get(pk=pk) if taken else None


def _sent(delivery: Delivery) -> int:
    status: int | None = None
    try:
        if delivery.webhook is not None:
            status, answer = _post(delivery, delivery.webhook)
            error = "" if 200 <= status < 300 else f"HTTP {status}: {answer[:200]}"
        else:
            error = _mail(delivery)
    except (AddressRefusedError, OSError, ValueError) as problem:
        error = f"{type(problem).__name__}: {problem}"[:300]
    _written(delivery, status, error)
    return 0 if error else 1


def _post(delivery: Delivery, hook: Webhook) -> tuple[int, str]:
    return post(
        hook.url, content_of(delivery.notice), secret=unseal(hook.sealed_secret), delivery=str(delivery.pk), action=delivery.notice.action
    )


def content_of(notice: Notice) -> dict[str, Any]:
    """What a webhook receives."""
    return {
        "id": notice.pk,
        "organization": notice.organization_id,
        "action": notice.action,
        "subject": notice.subject,
        "record": notice.record_seq,
        "due_on": notice.due_on.isoformat() if notice.due_on else None,
        "facts": notice.facts,
        "at": notice.at.astimezone(dt.UTC).isoformat(),
    }


def _mail(delivery: Delivery) -> str:
    user, notice = delivery.user, delivery.notice
    assert user is not None
    with translation.override(getattr(user, "language", "") or "zh-hans"):
        lines = [f"{sentence(notice.action)}.", notice.organization.name]
        if notice.due_on:
            lines.append(_("Due on %(day)s") % {"day": notice.due_on.isoformat()})
        base = getattr(settings, "SITE_URL", "")
        address = address_of(notice.subject, notice.facts)
        if base and address:
            lines.append(base.rstrip("/") + address)
        lines += ["", _("You get this letter because you asked for it; the page of notices ends it.")]
        sent = send_mail(sentence(notice.action), "\n".join(lines), settings.DEFAULT_FROM_EMAIL, [user.email])
    return "" if sent else "the mail server took no letter"


def _written(delivery: Delivery, status: int | None, error: str) -> None:
    attempts, now = delivery.attempts + 1, timezone.now()
    fields: dict[str, Any] = {"attempts": attempts, "status": status, "error": error, "claimed_at": None}
    if not error:
        fields |= {"state": "sent", "ended_at": now}
    elif attempts >= ATTEMPTS_MAX:
        fields |= {"state": "failed", "ended_at": now}
        log.warning("delivery %s given up after %d attempts: %s", delivery.pk, attempts, error)
    else:
        fields |= {"next_at": now + dt.timedelta(seconds=PAUSES_S[attempts - 1])}
    Delivery.objects.filter(pk=delivery.pk).update(**fields)


def notices_read(*, membership: Membership, last_id: int) -> None:
    """The member has read up to a notice; never backward."""
    mark, _made = NoticeRead.objects.get_or_create(user=membership.user, organization=membership.organization)
    NoticeRead.objects.filter(pk=mark.pk, last_id__lt=last_id).update(last_id=last_id)


def wish_set(*, membership: Membership, what: str) -> MailWish:
    """What of the organization's notices the member gets by mail."""
    if what not in {"nothing", "deadlines", "everything"}:
        raise Refusal("not_a_choice", _("Choose one of the list."))
    wish, _made = MailWish.objects.update_or_create(user=membership.user, organization=membership.organization, defaults={"what": what})
    return wish


@transaction.atomic
def webhook_make(*, membership: Membership, url: str, actions: Iterable[str], by: User) -> tuple[Webhook, str]:
    """(webhook, its secret in clear: shown now and never again). Administrators only; refused (address_refused) for an address inside a network."""
    if not membership.may_govern:
        raise Refusal("not_allowed", _("Webhooks are made by an administrator of the organization."))
    if Webhook.objects.filter(organization=membership.organization).count() >= WEBHOOKS_MAX:
        raise Refusal("too_many_webhooks", _("An organization has at most %(n)d webhooks.") % {"n": WEBHOOKS_MAX})
    try:
        target_of(url)
    except AddressRefusedError as error:
        raise Refusal("address_refused", str(error), facts={"why": str(error)}) from None
    secret = secrets.token_urlsafe(32)
    hook = Webhook.objects.create(
        organization=membership.organization,
        url=url,
        actions=sorted({action for action in actions if action in ACTIONS}),
        sealed_secret=seal(secret),
        by=by,
    )
    record_append(actor=by, action="webhook.made", subject=f"organization/{membership.organization_id}", payload={"webhook": str(hook.pk)})
    return hook, secret


@transaction.atomic
def webhook_end(*, membership: Membership, webhook_id: Any, by: User) -> None:
    """Ends a webhook; what waits for it is not sent."""
    if not membership.may_govern:
        raise Refusal("not_allowed", _("Webhooks are made by an administrator of the organization."))
    hook = Webhook.objects.filter(pk=webhook_id, organization=membership.organization, is_active=True).first()
    if hook is None:
        raise Refusal("not_found", _("There is no such webhook."))
    hook.is_active = False
    hook.save(update_fields=["is_active"])
    Delivery.objects.filter(webhook=hook, state="waiting").update(state="failed", error="the webhook was ended", ended_at=timezone.now())
    record_append(actor=by, action="webhook.ended", subject=f"organization/{membership.organization_id}", payload={"webhook": str(hook.pk)})


def delivery_again(*, membership: Membership, delivery_id: Any) -> Delivery:
    """Sends a failed delivery again, from the first pause on."""
    if not membership.may_govern:
        raise Refusal("not_allowed", _("Webhooks are made by an administrator of the organization."))
    delivery = Delivery.objects.filter(
        pk=delivery_id, notice__organization=membership.organization, state="failed", webhook__is_active=True
    ).first()
    if delivery is None:
        raise Refusal("not_found", _("There is no such delivery."))
    delivery.state, delivery.attempts, delivery.next_at, delivery.ended_at = "waiting", 0, timezone.now(), None
    delivery.save(update_fields=["state", "attempts", "next_at", "ended_at"])
    return delivery

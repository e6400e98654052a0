"""Writes of the operational record: opening a holding, and the effects of a deal, inside the caller's transaction with the holding locked."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError
from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.operations.check import check
from langqiao.engine.operations.encumbrance import PLEDGE_PARTIES, PLEDGEE, Burden, Encumbrance, Operation, Plan, Standing
from langqiao.engine.operations.outcome import Effect
from langqiao.engine.operations.title import Owner, full_shares
from langqiao.engine.record.canonical import canonical
from langqiao.rules.refusals import refusals
from langqiao.web.audit.services import record_append
from langqiao.web.people.models import Organization, User
from langqiao.web.rights.models import Entry, EntryKind, Holding, HoldingDocument, HoldingOwner
from langqiao.web.rights.replay import Burdened, Owned, burden_matches, owned_body, scope_body, state_of
from langqiao.web.rights.selectors import Held, gathered_of, held_from, holding_of, lines_of, released

ADDING: Mapping[Burden, Operation] = {
    "pledged": "pledge",
    "open_license": "open_license",
    "exclusive_license": "license_exclusive",
    "sole_license": "license_sole",
    "ordinary_license": "license_ordinary",
}
CONFLICTS = frozenset(
    {
        "already_pledged", "exclusive_or_sole_license_in_force", "open_license_already_declared", "open_license_in_force",
        "overlaps_exclusive_license", "overlaps_sole_license", "overlaps_existing_license",
    }
)  # fmt: skip
"""What no consent heals: two burdens that cannot both lie on a right. Everything else was the operation's to check before."""


def must_be_inside_a_transaction() -> None:
    """Raises TransactionManagementError outside one: the record is written with the step that causes it or not at all."""
    if not connection.in_atomic_block:
        raise TransactionManagementError("the operational record is written inside the transaction of the step that changes it")


@transaction.atomic
def holding_open(key: str) -> Holding:
    """The holding of a right, opened if it is not yet. Refused (not_a_patent) where the lake holds no such publication."""
    found = holding_of(key)
    if found is not None:
        return found
    gathered = gathered_of(key)
    facts, key = gathered.facts, max(gathered.keys)  # one name for all publications of an application, whoever comes first
    try:
        with transaction.atomic():
            return Holding.objects.create(key=key, office=facts.office, number=facts.number, patent_type=facts.patent_type)
    except IntegrityError:
        return Holding.objects.get(key=key)


def holding_lock(key: str) -> Holding:
    """The holding, locked until the caller's transaction ends."""
    must_be_inside_a_transaction()
    return Holding.objects.select_for_update().get(pk=holding_open(key).pk)


def effects_apply(effects: Sequence[Effect], *, deal: str, by: User | None) -> list[Entry]:
    """Writes what a step of a deal does to its rights; an effect written before by the same deal has no second effect.

    Inside the caller's transaction, the holdings locked in the order of their numbers. Refused (office_not_covered, burden_not_found,
    owner_not_named) or with the code of the conflict where a burden cannot lie beside one that is there.
    """
    must_be_inside_a_transaction()
    locked = {key: holding_lock(key) for key in sorted({effect.patent for effect in effects})}
    entries = []
    for effect in effects:
        entries += _effect_write(locked[effect.patent], effect, deal=deal, by=by)
    for holding in {entry.holding_id: entry.holding for entry in entries}.values():
        owners_rebuild(holding)
    for entry in entries:
        entry_tell(entry)
    return entries


def _effect_write(holding: Holding, effect: Effect, *, deal: str, by: User | None) -> list[Entry]:
    if holding.office != "CN":
        raise _refused("office_not_covered", {"office": holding.office})
    body = _body_of(effect, deal)
    same = Entry.objects.filter(holding=holding, kind=effect.kind, on=effect.on, deal=deal, reference=effect.reference)
    if any(entry.body == body for entry in same):
        return []
    held = held_from(gathered_of(holding.key), lines_of(holding), day=effect.on, holding=holding)
    if effect.kind == "burden_added":
        require_compatible(held, _burden(effect), on=effect.on, under=effect.under, own_practice=effect.own_practice)
    if effect.kind == "burden_removed":
        require_burden(held.state.burdens, body["burden"], body["reference"])
    written = entry_append(holding, kind=effect.kind, on=effect.on, deal=deal, reference=effect.reference, body=body, by=by)
    ended = _statements_end(holding, held, effect, deal=deal, by=by) if effect.kind == "owner_changed" else []
    return [written, *ended]


def _body_of(effect: Effect, deal: str) -> dict[str, Any]:
    match effect.kind:
        case "owner_changed":
            return {"owners": [owned_body(owner_named(effect.party, share="1"))]}
        case "burden_added":
            return burden_body(_burden(effect), under=effect.under, own_practice=effect.own_practice)
        case "burden_removed":
            burden = _burden(effect)
            return {"burden": burden.kind, "reference": burden.reference}
        case "recorded" | "annuity_reduced":
            return {"of": deal, "party": effect.party}


def burden_body(burden: Encumbrance, *, under: str = "", own_practice: bool = False) -> dict[str, Any]:
    """A burden as the body of an entry holds it."""
    return {
        "burden": burden.kind,
        "holder": burden.holder,
        "reference": burden.reference,
        "under": under,
        "own_practice": own_practice,
        **scope_body(burden.scope),
    }


def _burden(effect: Effect) -> Encumbrance:
    if effect.burden is None:
        raise ValueError(f"an effect {effect.kind} names its burden")
    return effect.burden


def owner_named(party: str, *, share: str | None) -> Owned:
    """An owner by registered name, or written `organization/12`; tied to the organization of this site that has the name. Refused (owner_not_named)."""
    kind, _slash, number = party.partition("/")
    found = (
        Organization.objects.filter(pk=int(number))
        if kind == "organization" and number.isdigit()
        else Organization.objects.filter(name=party)
    )
    organization = found.first()
    name = organization.name if organization else party.strip()
    if not name:
        raise Refusal("owner_not_named", _("The new owner has no name."))
    return Owned(
        name=name, share=full_shares([Owner(name=name)])[name] if share else None, organization=organization.pk if organization else None
    )


def require_burden(burdens: Iterable[Burdened], kind: str, reference: str) -> None:
    """Refuses (burden_not_found) the removal of a burden that does not lie on the right."""
    if not any(burden_matches(burden, kind, reference) for burden in burdens):
        message = _("The record holds no encumbrance of this kind with the reference %(reference)s.") % {"reference": reference}
        raise Refusal("burden_not_found", message, facts={"burden": kind, "reference": reference})


def _statements_end(holding: Holding, held: Held, effect: Effect, *, deal: str, by: User | None) -> list[Entry]:
    """The statement of open license was the former owner's; the new one declares anew, and takers keep what they have (Patent Law 50)."""
    return [
        entry_append(
            holding, kind="burden_removed", on=effect.on, deal=deal, by=by, reference=effect.reference,
            body={"burden": "open_license", "reference": burden.reference, "because": "owner_changed"},
        )
        for burden in held.state.burdens
        if burden.kind == "open_license" and burden.in_force(effect.on)
    ]  # fmt: skip


def require_new(burdens: Iterable[Burdened], burden: Encumbrance) -> None:
    """Refuses (burden_already_recorded) a burden of a kind and reference that lies on the right already."""
    if any(burden_matches(other, burden.kind, burden.reference) for other in burdens):
        message = _("The record holds an encumbrance of this kind with the reference %(reference)s already.") % {
            "reference": burden.reference
        }
        raise Refusal("burden_already_recorded", message, facts={"reference": burden.reference})


def require_compatible(held: Held, burden: Encumbrance, *, on: dt.date, under: str = "", own_practice: bool = False) -> None:
    """Refuses, with the code of the check, a burden that cannot lie beside the others: the last gate, under the lock of the record.

    What is recorded late for an earlier day meets also the burdens that came after that day. A sub-license lies within its head
    license, which is left out of the question.
    """
    require_new(held.state.burdens, burden)
    operation = ADDING.get(burden.kind)
    if operation is None:
        return
    own_now = {one.encumbrance for one in held.burdens}
    told = tuple(one for one in held.standing.encumbrances if one not in own_now)
    others = tuple(one for one in (*told, *_lasting(held, on)) if not under or one.reference != under)
    agreed = frozenset({*held.standing.owners, PLEDGEE, PLEDGE_PARTIES})
    standing: Standing = replace(held.standing, encumbrances=others, consents=agreed, co_owners_agreed=True)
    answer = check(standing, Plan(operation=operation, on=on, scope=burden.scope, own_practice=own_practice))
    for reason in answer.refusals:
        if reason.code in CONFLICTS:
            raise _refused(reason.code, reason.facts, article=reason.article)


def _lasting(held: Held, on: dt.date) -> Iterable[Encumbrance]:
    """The record's burdens that lie on the right on a day or come later, each in its own time."""
    ended = released(held.view, on)
    for burden in state_of(held.lines, day=dt.date.max).burdens:
        if ended & burden.numbers:
            continue
        end = min((day for day in (burden.scope.end, burden.removed_on) if day is not None), default=None)
        scope = replace(burden.scope, start=max(burden.scope.start or burden.since, burden.since), end=end)
        if not scope.ended(on):
            yield Encumbrance(kind=burden.kind, scope=scope, holder=burden.holder, reference=burden.reference)


def _refused(code: str, facts: Mapping[str, Any], *, article: str | None = None) -> Refusal:
    registered = refusals()[code]
    return Refusal(code, registered.sentence("en", facts), article=article or registered.article or None, facts=facts)


def entry_append(
    holding: Holding, *, kind: str, on: dt.date, body: Mapping[str, Any], by: User | None, deal: str = "", reference: str = "",
    corrects: Entry | None = None, document: HoldingDocument | None = None,
) -> Entry:  # fmt: skip
    """The next entry of a holding that the caller has locked; its moment is never before that of the entry before it."""
    must_be_inside_a_transaction()
    last = Entry.objects.filter(holding=holding).order_by("-seq").first()
    now = timezone.now()
    return Entry.objects.create(
        holding=holding,
        seq=last.seq + 1 if last else 1,
        kind=EntryKind(kind),
        on=on,
        recorded_at=max(now, last.recorded_at) if last else now,
        by=by,
        deal=deal,
        reference=reference[:120],
        body=dict(body),
        corrects=corrects,
        document=document,
    )


def entry_tell(entry: Entry) -> None:
    """Writes an entry into the chain of the audit record; names of people stay in the entry, the chain has the hash of its body."""
    payload = {
        "entry": entry.pk,
        "seq": entry.seq,
        "kind": str(entry.kind),
        "on": entry.on.isoformat(),
        "deal": entry.deal,
        "reference": entry.reference,
        "corrects": entry.corrects_id,
        "sha256": entry.document.sha256 if entry.document else "",
        "body_sha256": hashlib.sha256(canonical(entry.body).encode()).hexdigest(),
    }
    record_append(actor=entry.by or "platform", action=f"right.{entry.kind}", subject=f"right/{entry.holding.key}", payload=payload)


def owners_rebuild(holding: Holding) -> None:
    """Makes the list of today's owners anew from the entries."""
    must_be_inside_a_transaction()
    state = state_of(lines_of(holding), day=timezone.localdate())
    HoldingOwner.objects.filter(holding=holding).delete()
    HoldingOwner.objects.bulk_create(
        [
            HoldingOwner(
                holding=holding,
                name=owner.name,
                organization_id=owner.organization,
                share_numerator=owner.share.numerator if owner.share is not None else None,
                share_denominator=owner.share.denominator if owner.share is not None else None,
            )
            for owner in state.owners
        ]
    )

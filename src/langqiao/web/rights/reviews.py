"""Decisions on petitions: by an approver of another organization, under the lock of the right, written into the record with what changed."""

import datetime as dt
from dataclasses import replace
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.people.models import Membership, User
from langqiao.web.people.session import OFFICE_KINDS, must_edit
from langqiao.web.rights.changes import draft_check, target_entry
from langqiao.web.rights.judging import judged
from langqiao.web.rights.models import Entry, Holding, Petition, PetitionKind
from langqiao.web.rights.petitions import GROUNDS_MAX, PETITION, PETITIONER, REVIEWER, may_review, petition_tell
from langqiao.web.rights.register_events import Draft
from langqiao.web.rights.replay import Owned, owned_body, owned_of
from langqiao.web.rights.selectors import held_on
from langqiao.web.rights.services import entry_append, entry_tell, holding_lock, owners_rebuild


def petition_decide(*, petition_id: UUID | str, event: str, membership: Membership, reasons: str, by: User) -> Petition:
    """Accepts, refuses or revokes a petition under the lock of its right; what was accepted stands in the record with status and checks before and after.

    Refused (not_allowed, not_found, step_not_possible, four_eyes_missing, reasons_missing, claim_conflicts, event_contradicts_status, and
    the codes of a burden that cannot lie beside another).
    """
    if not may_review(membership) or not membership.may_approve:
        raise Refusal("not_allowed", _("Petitions are decided by approvers of the office or the platform."))
    with transaction.atomic():
        petition, holding = _locked(petition_id)
        step = PETITION.take(petition.state, event, REVIEWER)
        _must_be_another(petition, membership, by)
        reasons = reasons.strip()[:GROUNDS_MAX]
        if event != "accept" and not reasons:
            raise Refusal("reasons_missing", _("Say why: the petitioner reads it."))
        made = _accept(petition, holding, by) if event == "accept" else _revoke(petition, holding, by) if event == "revoke" else None
        if event == "accept":
            petition.entry = made
        petition.state = step.target
        petition.decided_by, petition.decided_at = by, timezone.now()
        petition.decision = "\n".join(text for text in (petition.decision, reasons) if text)
        petition.save()
        if made is not None:
            owners_rebuild(holding)
            entry_tell(made)
        petition_tell(petition, step.target, by)
    return petition


def petition_withdraw(*, petition_id: UUID | str, membership: Membership, by: User) -> Petition:
    """Takes back a petition of one's own organization that nobody has decided. Refused (not_allowed, not_found, step_not_possible)."""
    must_edit(membership)
    with transaction.atomic():
        petition, _holding = _locked(petition_id)
        if petition.organization_id != membership.organization_id:
            raise Refusal("not_found", _("There is no such petition."))
        step = PETITION.take(petition.state, "withdraw", PETITIONER)
        petition.state, petition.decided_by, petition.decided_at = step.target, by, timezone.now()
        petition.save()
        petition_tell(petition, step.target, by)
    return petition


def _locked(petition_id: UUID | str) -> tuple[Petition, Holding]:
    """The petition and its holding, both locked: the holding first, as every writer of the record does."""
    found = Petition.objects.filter(pk=petition_id).select_related("holding").first()
    if found is None:
        raise Refusal("not_found", _("There is no such petition."))
    holding = holding_lock(found.holding.key)
    return Petition.objects.select_for_update().get(pk=petition_id), holding


def _must_be_another(petition: Petition, membership: Membership, by: User) -> None:
    """Four eyes: another person always; another organization unless the office role entered an event of its own register."""
    own = petition.organization_id == membership.organization_id
    entered_by_office = petition.kind == PetitionKind.EVENT and petition.organization.kind in OFFICE_KINDS
    if petition.by_id == by.pk or (own and not entered_by_office):
        raise Refusal("four_eyes_missing", _("Nobody decides their own petition: a person of another organization does."))


def _accept(petition: Petition, holding: Holding, by: User) -> Entry:
    if petition.kind == PetitionKind.CLAIM:
        return _claim_entry(petition, holding, by)
    asked = petition.body["draft"]
    draft = Draft(kind=asked["kind"], on=dt.date.fromisoformat(asked["on"]), body=asked["body"], reference=asked["reference"])
    what, _colon, name = petition.body.get("target", "").partition(":")
    target = target_entry(holding, name) if what == "entry" else None
    petition.before = judged(held_on(holding.key, holding=holding))
    draft_check(holding, draft, corrects=target)
    made = entry_append(
        holding,
        kind=draft.kind,
        on=draft.on,
        body=draft.body,
        by=by,
        reference=draft.reference,
        corrects=target,
        document=petition.document,
    )
    petition.after = judged(held_on(holding.key, holding=holding))
    return made


def _claim_entry(petition: Petition, holding: Holding, by: User) -> Entry:
    """The owners as claimed: the claimant's organization on its name, other organizations where they are known already."""
    standing = held_on(holding.key, holding=holding)
    known = {owner.name: owner.organization for owner in standing.owners if owner.organization is not None}
    mine, claimant = petition.body["mine"], petition.organization_id
    claimed = [owned_of(row) for row in petition.body["owners"]]
    dropped = sorted(set(known) - {owner.name for owner in claimed})
    if known.get(mine, claimant) != claimant or dropped:
        others = dropped or [mine]
        message = _("An accepted claim stands against it: %(names)s. Revoke that one first, with reasons.") % {"names": ", ".join(others)}
        raise Refusal("claim_conflicts", message, facts={"names": tuple(others)})
    owners = [replace(owner, organization=claimant if owner.name == mine else known.get(owner.name)) for owner in claimed]
    return _owners_entry(petition, holding, owners, by)


def _owners_entry(petition: Petition, holding: Holding, owners: list[Owned], by: User) -> Entry:
    return entry_append(
        holding,
        kind="owners_set",
        on=timezone.localdate(),
        body={"owners": [owned_body(owner) for owner in owners]},
        by=by,
        reference=f"petition/{petition.pk}",
        document=petition.document,
    )


def _revoke(petition: Petition, holding: Holding, by: User) -> Entry:
    """The owners stay as they are named; the organization no longer acts as one of them."""
    if petition.kind != PetitionKind.CLAIM:
        raise Refusal("petition_not_revocable", _("Only a claim can be revoked; undo this one by a correction."))
    owners = [
        replace(owner, organization=None) if owner.organization == petition.organization_id else owner
        for owner in held_on(holding.key, holding=holding).owners
    ]
    return _owners_entry(petition, holding, owners, by)

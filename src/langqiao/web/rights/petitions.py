"""Petitions to change the record: filed with evidence, decided by somebody of another organization, and turned into a dated line."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.kernel.workflow import Step, Workflow
from langqiao.engine.operations.title import Owner, full_shares
from langqiao.web.audit.services import record_append
from langqiao.web.people.models import Membership, User
from langqiao.web.people.session import OFFICE_KINDS, PLATFORM_KINDS, must_edit
from langqiao.web.rights.changes import target_entry
from langqiao.web.rights.models import Entry, HoldingDocument, Petition, PetitionKind, PetitionState
from langqiao.web.rights.register_events import ENTERABLE, Draft, draft_of, fact_draft
from langqiao.web.rights.replay import owned_of
from langqiao.web.rights.seen import seen_by
from langqiao.web.rights.selectors import held_on, owner_name_of
from langqiao.web.rights.services import holding_open

PETITIONER, REVIEWER = "petitioner", "reviewer"


def _step(source: str, event: str, target: str, by: str, *unless: str) -> Step:
    return Step(source=source, event=event, target=target, by=frozenset({by}), unless=unless)


PETITION = Workflow(
    name="petition",
    start="filed",
    ends=frozenset({"refused", "withdrawn", "revoked"}),
    steps=(
        _step("filed", "accept", "accepted", REVIEWER, "four_eyes_missing", "claim_conflicts", "event_contradicts_status"),
        _step("filed", "refuse", "refused", REVIEWER, "four_eyes_missing", "reasons_missing"),
        _step("filed", "withdraw", "withdrawn", PETITIONER),
        _step("accepted", "revoke", "revoked", REVIEWER, "four_eyes_missing", "reasons_missing", "petition_not_revocable"),
    ),
)
"""The steps of a petition; only an accepted claim can be revoked, everything else is undone by a correction."""
OPEN_MAX = 50
"""How many petitions of one organization may wait for review for one right."""
GROUNDS_MAX = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """What every petition brings: its grounds in words, a document, and the client's key that makes a second sending harmless."""

    grounds: str
    document: HoldingDocument | None
    request_key: str


def may_review(membership: Membership) -> bool:
    """Whether a member works for a verified office, operation center or the platform."""
    organization = membership.organization
    return organization.kind in OFFICE_KINDS | PLATFORM_KINDS and organization.is_verified


def claim_file(*, membership: Membership, key: str, owners: list[dict[str, Any]], mine: str, filing: Filing, by: User) -> Petition:
    """Files a claim: all owners with their shares, and which of them the claimant is.

    Refused (not_allowed, not_a_patent, owner_not_named, owner_shares_do_not_sum, evidence_missing, too_many_petitions). Evidence is a
    document, or that the lake names the claimant as owner.
    """
    must_edit(membership)
    names = [row["name"] for row in owners]
    if not names or mine not in names or len(set(names)) < len(names):
        raise Refusal("owner_not_named", _("Name every owner once, and say which of them your organization is."))
    if any(row["share"] for row in owners):
        full_shares([Owner(name=owner.name, share=owner.share) for owner in map(owned_of, owners)])
    matches = name_matches(key, membership, mine)
    if filing.document is None and not matches:
        message = _("Attach a certificate or a copy of the register: the lake does not name your organization as owner of this right.")
        raise Refusal("evidence_missing", message)
    body = {"owners": [{**row, "organization": None} for row in owners], "mine": mine, "named_in_lake": matches}
    return _filed(PetitionKind.CLAIM, key, body, membership=membership, filing=filing, by=by)


def name_matches(key: str, membership: Membership, mine: str) -> bool:
    """Whether the organization bears the claimed name, is verified, and the register as the lake holds it names it as owner."""
    organization = membership.organization
    plain = "".join(mine.split()).casefold()
    same = plain == "".join(organization.name.split()).casefold() and organization.is_verified
    return same and any("".join(name.split()).casefold() == plain for name in held_on(key).view.ownership.owners)


def event_file(*, membership: Membership, key: str, kind: str, given: Mapping[str, str], filing: Filing, by: User) -> Petition:
    """Files a register event: any kind by the office role, a few by the owner. Refused (not_allowed, not_owner, event_incomplete, evidence_missing)."""
    must_edit(membership)
    draft = draft_of(kind, given, today=timezone.localdate())
    if not is_office(membership):
        if not ENTERABLE[kind].by_owner:
            raise Refusal("not_allowed", _("Only the office role enters events of this kind."))
        if owner_name_of(membership.organization, key, timezone.localdate()) is None:
            raise Refusal("not_owner", _("Your organization is not known as owner of this right. Claim it first."))
    _must_have_evidence(filing)
    return _filed(PetitionKind.EVENT, key, _draft_body(draft, kind=kind), membership=membership, filing=filing, by=by)


def correction_file(*, membership: Membership, key: str, target: str, given: Mapping[str, str], filing: Filing, by: User) -> Petition:
    """Files a correction of a fact (`fact:NAME`), an event of the lake (`event:ID`) or a line of the record (`entry:ID`).

    `given["kind"]` empty or `void`: the target never was; else the kind that replaces it with its fields. Refused (not_allowed,
    event_incomplete, correction_target_unknown, evidence_missing).
    """
    must_edit(membership)
    what, _colon, name = target.partition(":")
    today = timezone.localdate()
    held = seen_by(membership, key).held
    old: dict[str, Any] | None = None
    match what:
        case "fact":
            draft = fact_draft(name, given.get("value", ""), on=today)
            old = {"fact": name, "value": str(getattr(held.view.facts, name) or "")}
        case "event":
            event = next((one for one in held.view.events if one.id == name and not one.derived and not one.id.startswith("record:")), None)
            if event is None:
                raise _no_target()
            old = {"kind": event.kind, "on": event.effective.isoformat() if event.effective else ""}
            draft = _replacement(given, on=event.effective or today, kind=event.kind)
            draft = replace(draft, body={**draft.body, "corrects_event": name})
        case "entry":
            if name not in {str(line.id) for line in held.lines}:
                raise _no_target()
            entry = target_entry(held.holding, name)
            old = {"kind": entry.kind, "on": entry.on.isoformat(), "body": entry.body}
            draft = draft_of(given["kind"], given, today=today) if given.get("kind") not in {None, "", "void"} else _void(entry)
        case _:
            raise _no_target()
    _must_have_evidence(filing)
    body = {**_draft_body(draft, kind=given.get("kind") or "void"), "target": target, "old": old}
    return _filed(PetitionKind.CORRECTION, key, body, membership=membership, filing=filing, by=by)


def _void(entry: Entry) -> Draft:
    return Draft(kind="voided", on=entry.on, body={}, reference=entry.reference)


def _replacement(given: Mapping[str, str], *, on: Any, kind: str) -> Draft:
    if given.get("kind") in {None, "", "void"}:
        return Draft(kind="event", on=on, body={"kind": kind, "void": True})
    draft = draft_of(given["kind"], given, today=timezone.localdate())
    if draft.kind != "event":
        raise Refusal("correction_target_unknown", _("An event of the lake is replaced by an event; enter the encumbrance on its own."))
    return draft


def _no_target() -> Refusal:
    return Refusal("correction_target_unknown", _("There is nothing by that name to correct; it may have been corrected already."))


def is_office(membership: Membership) -> bool:
    """Whether a member works for a verified office or operation center."""
    return membership.organization.kind in OFFICE_KINDS and membership.organization.is_verified


def _must_have_evidence(filing: Filing) -> None:
    if filing.document is None:
        raise Refusal("evidence_missing", _("Attach the document that shows it: without evidence nothing is entered."))


def _draft_body(draft: Draft, *, kind: str) -> dict[str, Any]:
    return {"draft": {"kind": draft.kind, "on": draft.on.isoformat(), "body": dict(draft.body), "reference": draft.reference}, "kind": kind}


def _filed(kind: PetitionKind, key: str, body: Mapping[str, Any], *, membership: Membership, filing: Filing, by: User) -> Petition:
    organization = membership.organization
    request_key = filing.request_key[:64]
    if not request_key:
        raise Refusal("event_incomplete", _("The form has no key of its own; open it anew."), facts={"fields": ("request_key",)})
    same = Petition.objects.filter(organization=organization, request_key=request_key).first()
    if same is not None:
        return _same_or_refused(same, kind, body)
    with transaction.atomic():
        holding = holding_open(key)
        if Petition.objects.filter(holding=holding, organization=organization, state="filed").count() >= OPEN_MAX:
            raise Refusal("too_many_petitions", _("Too many petitions of your organization for this right wait for review."))
        try:
            with transaction.atomic():
                made = Petition.objects.create(
                    kind=kind, holding=holding, organization=organization, by=by, body=dict(body), grounds=filing.grounds.strip()[:GROUNDS_MAX],
                    document=filing.document, request_key=request_key,
                )  # fmt: skip
        except IntegrityError:
            return _same_or_refused(Petition.objects.get(organization=organization, request_key=request_key), kind, body)
        petition_tell(made, "filed", by)
    return made


def _same_or_refused(petition: Petition, kind: str, body: Mapping[str, Any]) -> Petition:
    if petition.kind != kind or petition.body != body:
        raise Refusal("idempotency_key_reused", _("This form was sent before with other content. Open it anew."))
    return petition


def petition_tell(petition: Petition, event: str, by: User) -> None:
    """Writes a step of a petition into the chain of the audit record, for its organization to read."""
    payload = {"petition": str(petition.pk), "kind": str(petition.kind), "sha256": petition.document.sha256 if petition.document else ""}
    record_append(
        actor=by,
        action=f"right.petition.{event}",
        subject=f"right/{petition.holding.key}",
        payload=payload,
        seen_by=[petition.organization_id],
    )


def petition_get(*, petition_id: UUID | str, membership: Membership) -> Petition:
    """A petition for those who may read it: its own organization and the reviewers. Refused (not_found) otherwise."""
    found = (
        Petition.objects.filter(pk=petition_id).select_related("holding", "organization", "by", "decided_by", "document", "entry").first()
    )
    if found is None or not (found.organization_id == membership.organization_id or may_review(membership)):
        raise Refusal("not_found", _("There is no such petition."))
    return found


def conflicts_of(petition: Petition) -> list[Petition]:
    """Other claims to the same right that are waiting or accepted, of other organizations or with other owners."""
    if petition.kind != PetitionKind.CLAIM:
        return []
    others = Petition.objects.filter(
        holding=petition.holding, kind=PetitionKind.CLAIM, state__in=(PetitionState.FILED, PetitionState.ACCEPTED)
    ).exclude(pk=petition.pk)
    found = []
    for other in others.select_related("organization"):
        same_name = other.body["mine"] == petition.body["mine"] and other.organization_id != petition.organization_id
        shares = {(row["name"], row["share"]) for row in other.body["owners"]} != {
            (row["name"], row["share"]) for row in petition.body["owners"]
        }
        if same_name or shares:
            found.append(other)
    return found

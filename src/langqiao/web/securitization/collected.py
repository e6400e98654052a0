"""Writes of collections: entered or read from a sheet, matched to claims, posted into the pool; a claim's default; a receipt returned."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.db import transaction
from django.utils.translation import gettext as _

from langqiao.engine.kernel.money import round_half_up, yuan_to_fen
from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.ledger.entry import ID
from langqiao.engine.securitization.workflow import LIVE
from langqiao.web.audit.services import record_append
from langqiao.web.deals.terms import invalid
from langqiao.web.people.models import Membership
from langqiao.web.people.session import must_edit
from langqiao.web.securitization import clock
from langqiao.web.securitization.books import Posting
from langqiao.web.securitization.models import Asset, AssetFlow, Collection, Period, Transaction
from langqiao.web.securitization.selectors import party_of, period_now, roles_of, transaction_get

ROWS_MAX = 2_000
COLUMNS = ("claim", "on", "amount", "ref")


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """A receipt divided on its claim, in fen."""

    interest: int = 0
    principal: int = 0
    prepayment: int = 0
    recovery: int = 0


def _locked(deal_id: uuid.UUID, membership: Membership) -> tuple[Transaction, Period]:
    """The transaction and its open collection period, for its servicer. Refused: not_found, not_allowed, step_not_possible."""
    must_edit(membership)
    deal = transaction_get(deal_id, membership, lock=True)
    period = period_now(deal)
    if deal.state not in LIVE or period is None or period.state != "open":
        message = _("No collection period is open.")
        raise Refusal("step_not_possible", message, facts={"event": "collect", "state": period.state if period else deal.state})
    if "servicer" not in roles_of(deal, membership.organization):
        raise Refusal("not_allowed", _("The servicer enters what was collected."), facts={"role": "", "event": "collect"})
    return deal, period


@transaction.atomic
def collections_enter(deal_id: uuid.UUID, *, membership: Membership, rows: Sequence[Mapping[str, str]], key: str) -> list[Collection]:
    """Receipts of the open period, all or none; each is matched where its claim or its only obligor is named, and posted.

    The number of a receipt makes it happen once. Refused: collection_unfit with row and reason, ledger_overdrawn where the servicer's client
    money does not hold what it says it collected.
    """
    deal, period = _locked(deal_id, membership)
    if not ID.fullmatch(key) or len(key) > 40:
        raise Refusal("idempotency_key_missing", _("A step needs a key of 1 to 100 characters that names this attempt."))
    if not 1 <= len(rows) <= ROWS_MAX:
        raise invalid({"sheet": _("1 to %(n)d receipts") % {"n": ROWS_MAX}})
    posting = Posting(deal=deal, event="collect", name=f"c{period.number}/{key}", today=clock.today())
    made = [_entered(deal, period, row, number, membership=membership) for number, row in enumerate(rows, 1)]
    for one in made:
        if one.asset is not None:
            _apply(deal, one, posting)
    _written(deal, posting, membership, {"receipts": [[one.ref, one.amount_fen] for one in made], "period": period.number})
    return made


def _unfit(row: int, why: str) -> Refusal:
    return Refusal("collection_unfit", f"row {row}: {why}", facts={"row": row, "why": why})


def _entered(deal: Transaction, period: Period, row: Mapping[str, str], number: int, *, membership: Membership) -> Collection:
    ref, named = str(row.get("ref", "")).strip(), str(row.get("claim", "")).strip()
    try:
        amount, on = yuan_to_fen(str(row.get("amount", "")).replace(",", "").strip()), dt.date.fromisoformat(str(row.get("on", "")).strip())
    except ValueError as error:
        raise _unfit(number, str(error)[:120]) from error
    if not 0 < amount <= 10**14:
        raise _unfit(number, _("the amount is not above zero"))
    if not period.since <= on <= period.until or on > clock.today():
        raise _unfit(number, _("the day is outside the collection period"))
    if not 0 < len(ref) <= 60 or not 0 < len(named) <= 160:
        raise _unfit(number, _("a receipt has a number and names a claim or an obligor"))
    if Collection.objects.filter(period__transaction=deal, ref=ref).exists():
        raise _unfit(number, _("the number was used before"))
    found = match(deal, named)
    receipt = Collection(period=period, ref=ref, on=on, amount_fen=amount, named=named, asset=found, by=membership.user)
    if found is None:  # unmatched: kept on the list, not in the books; a matched one is saved with its parts
        receipt.save()
    return receipt


def match(deal: Transaction, named: str) -> Asset | None:
    """The claim of that number, or the only one of an obligor of that name; None: nobody can say."""
    rows = list(deal.assets.filter(active=True))
    by_claim = [one for one in rows if one.claim == named]
    by_obligor = [one for one in rows if one.obligor == named]
    found = by_claim or by_obligor
    return found[0] if len(found) == 1 else None


def _apply(deal: Transaction, receipt: Collection, posting: Posting) -> None:
    """Divides a receipt on its claim, saves both, and posts it."""
    asset = Asset.objects.select_for_update().get(pk=receipt.asset_id or 0)
    found = split(asset, receipt)
    receipt.interest_fen, receipt.principal_fen = found.interest, found.principal
    receipt.prepayment_fen, receipt.recovery_fen = found.prepayment, found.recovery
    receipt.save()
    repaid = found.principal + found.prepayment
    asset.performing_fen -= repaid
    if repaid and not asset.performing_fen:
        asset.state = "repaid"
    asset.save(update_fields=["performing_fen", "state"])
    servicer = party_of(deal, "servicer")
    assert servicer is not None
    posting.collect(servicer.pk, receipt.amount_fen, repaid_fen=repaid)


def split(asset: Asset, receipt: Collection) -> Split:
    """Of a claim in default all is recovery; else what is due until the end of the period, the oldest first, interest before principal; the

    rest repays principal early, and the plan behind it falls with it. Refused: collection_unfit for more than the claim owes.
    """
    if asset.defaulted_on is not None:
        return Split(recovery=receipt.amount_fen)
    left, interest, principal = receipt.amount_fen, 0, 0
    flows = list(asset.flows.all())
    for flow in flows:
        if flow.due_on > receipt.period.until:
            break
        for name in ("interest", "principal"):
            part = min(left, getattr(flow, f"{name}_fen") - getattr(flow, f"paid_{name}_fen"))
            setattr(flow, f"paid_{name}_fen", getattr(flow, f"paid_{name}_fen") + part)
            left -= part
            interest, principal = (interest + part, principal) if name == "interest" else (interest, principal + part)
        flow.save(update_fields=["paid_interest_fen", "paid_principal_fen"])
    room = sum(flow.principal_fen - flow.paid_principal_fen for flow in flows)
    if left > room:
        raise _unfit(0, _("%(ref)s is more than the claim still owes") % {"ref": receipt.ref})
    if left:
        _prepaid(flows, receipt.period.until, left)
    return Split(interest=interest, principal=principal, prepayment=left)


def _prepaid(flows: list[AssetFlow], until: dt.date, amount: int) -> None:
    """Takes a prepayment off the plan from its end; interest still to come falls with the balance it is owed on."""
    later = [flow for flow in flows if flow.due_on > until]
    old = [flow.principal_fen for flow in later]
    left = amount
    for flow in reversed(later):
        part = min(left, flow.principal_fen)
        flow.principal_fen -= part
        left -= part
    for place, flow in enumerate(later):
        before, after = sum(old[place:]), sum(one.principal_fen for one in later[place:])
        flow.interest_fen = round_half_up(Fraction(flow.interest_fen * after, before)) if before else 0
        flow.save(update_fields=["principal_fen", "interest_fen"])


def _written(deal: Transaction, posting: Posting, membership: Membership, payload: Mapping[str, object]) -> None:
    moved = posting.post(membership.user)
    record_append(
        actor=membership.user, action="securitization.collect", subject=f"securitization/{deal.pk}", payload={**payload, "money": moved}
    )


@transaction.atomic
def collection_match(collection_id: int, *, membership: Membership, claim: str) -> Collection:
    """Says which claim a receipt belongs to, and posts it. Refused: not_found, terms_invalid."""
    receipt, deal = _receipt(collection_id, membership)
    asset = deal.assets.filter(active=True, claim=claim).first()
    if asset is None:
        raise invalid({"claim": _("The pool has no such claim.")})
    receipt.asset = asset
    posting = Posting(deal=deal, event="collect", name=f"m{receipt.pk}", today=clock.today())
    _apply(deal, receipt, posting)
    _written(deal, posting, membership, {"receipts": [[receipt.ref, receipt.amount_fen]], "matched": claim})
    return receipt


@transaction.atomic
def collection_return(collection_id: int, *, membership: Membership, why: str) -> Collection:
    """A receipt that is none of the pool's: it stays on the list with the reason, and never entered the books. Refused: reason_missing."""
    receipt, deal = _receipt(collection_id, membership)
    if not why.strip():
        raise Refusal("reason_missing", _("Say why the receipt is not the pool's."))
    receipt.returned_why = why.strip()[:200]
    receipt.save(update_fields=["returned_why"])
    record_append(
        actor=membership.user, action="securitization.return", subject=f"securitization/{deal.pk}", payload={"ref": receipt.ref, "why": receipt.returned_why}
    )  # fmt: skip
    return receipt


def _receipt(collection_id: int, membership: Membership) -> tuple[Collection, Transaction]:
    found = Collection.objects.filter(pk=collection_id).values_list("period__transaction_id", flat=True).first()
    if found is None:
        raise Refusal("not_found", _("There is no such receipt."))
    deal, period = _locked(found, membership)
    receipt = Collection.objects.select_for_update().get(pk=collection_id)
    if receipt.period_id != period.pk or receipt.asset_id is not None or receipt.returned_why:
        raise Refusal("step_not_possible", _("The receipt is settled."), facts={"event": "match", "state": "settled"})
    return receipt, deal


@transaction.atomic
def asset_default(asset_id: int, *, membership: Membership, reason: str) -> Asset:
    """The servicer finds a claim in default: its balance leaves what performs, and counts for the triggers from the next report on."""
    deal_id = Asset.objects.filter(pk=asset_id).values_list("transaction_id", flat=True).first()
    if deal_id is None:
        raise Refusal("not_found", _("There is no such claim."))
    deal, period = _locked(deal_id, membership)
    asset = Asset.objects.select_for_update().get(pk=asset_id)
    if not reason.strip():
        raise Refusal("reason_missing", _("Say what the default rests on."))
    if not asset.active or asset.state != "pooled":
        raise Refusal(
            "step_not_possible", _("Only a performing claim of the pool can default."), facts={"event": "default", "state": asset.state}
        )
    lost = asset.performing_fen
    asset.state, asset.defaulted_on, asset.defaulted_fen, asset.performing_fen = "defaulted", clock.today(), lost, 0
    asset.save(update_fields=["state", "defaulted_on", "defaulted_fen", "performing_fen"])
    deal.defaulted_fen += lost
    deal.version += 1
    deal.save(update_fields=["defaulted_fen", "version"])
    posting = Posting(deal=deal, event="default", name=f"d{asset.pk}", today=clock.today())
    posting.claims_out(lost)
    moved = posting.post(membership.user)
    payload = {"claim": asset.claim, "lost_fen": lost, "reason": reason.strip()[:500], "period": period.number, "money": moved}
    record_append(actor=membership.user, action="securitization.default", subject=f"securitization/{deal.pk}", payload=payload)
    return asset

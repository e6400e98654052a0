"""What each step from pool to issue does: claims locked into the pool, tranches, allotment, the closing in the books."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django.db import IntegrityError, transaction

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.securitization.allocation import allotted
from langqiao.engine.securitization.terms import DECLARED, terms_write
from langqiao.web.securitization import effects_service
from langqiao.web.securitization.attempt import Attempt, base_case
from langqiao.web.securitization.books import Posting, client, holders_of
from langqiao.web.securitization.models import Asset, AssetPatent, Tranche, Transaction
from langqiao.web.securitization.selectors import lot_fen, party_of

Done = Mapping[str, Any]


def _nothing(_attempt: Attempt, _posting: Posting) -> Done:
    return {}


def _told(attempt: Attempt, _posting: Posting) -> Done:
    return {"reason": str(attempt.fields.get("reason", ""))[:2000]}


def claims_lock(assets: list[Asset], *, day: dt.date) -> None:
    """The claims and their patents are this pool's from here on; the database refuses a second pool. Refused: claim_already_pooled."""
    try:
        with transaction.atomic():
            for asset in assets:
                asset.active, asset.state, asset.performing_fen = True, "pooled", asset.balance_fen
                asset.save(update_fields=["active", "state", "performing_fen"])
            AssetPatent.objects.filter(asset__in=assets).update(active=True)
    except IntegrityError as error:
        facts = {"assets": tuple(one.claim for one in assets)[:20], "on": day.isoformat()}
        raise Refusal("claim_already_pooled", "another pool took one of the claims meanwhile", facts=facts) from error


def claims_free(deal: Transaction) -> None:
    """The claims are nobody's pool again."""
    AssetPatent.objects.filter(asset__transaction=deal).update(active=False)
    deal.assets.filter(state="pooled").update(active=False, state="listed", performing_fen=0)


def _cut(attempt: Attempt, _posting: Posting) -> Done:
    deal = attempt.deal
    assets = list(deal.assets.filter(state="listed"))
    claims_lock(assets, day=attempt.today)
    deal.pool_fen = sum(asset.balance_fen for asset in assets)
    return {"pool_fen": deal.pool_fen, "claims": len(assets), "cut_off_on": deal.cut_off_on.isoformat(), "criteria": deal.criteria}


def _reopen(attempt: Attempt, _posting: Posting) -> Done:
    claims_free(attempt.deal)
    attempt.deal.pool_fen = 0
    return {}


def _structure(attempt: Attempt, _posting: Posting) -> Done:
    deal, terms, given = attempt.deal, attempt.terms(), attempt.fields
    deal.terms, deal.issue_fen = terms_write(terms), given["issue_fen"]
    deal.first_end_on = dt.date.fromisoformat(given["first_end_on"])
    deal.pay_days = int(given.get("pay_days") or 0)
    deal.tranches.all().delete()
    Tranche.objects.bulk_create(
        [
            Tranche(
                transaction=deal, place=place, name=one.name, rank=one.rank, size_fen=one.balance, balance_fen=one.balance,
                rate_annual=str(float(one.rate)),
            )
            for place, one in enumerate(terms.tranches)
        ]
    )  # fmt: skip
    found = base_case(attempt)
    return {
        "terms": deal.terms,
        "issue_fen": deal.issue_fen,
        "senior_cover": None if found.senior_cover is None else f"{found.senior_cover:.4f}",
    }


def _restructure(attempt: Attempt, _posting: Posting) -> Done:
    attempt.deal.tranches.all().delete()
    attempt.deal.terms, attempt.deal.issue_fen = {}, 0
    return {}


def _withdraw(attempt: Attempt, _posting: Posting) -> Done:
    claims_free(attempt.deal)
    return {}


def _fail(attempt: Attempt, posting: Posting) -> Done:
    claims_free(attempt.deal)
    return _told(attempt, posting)


def _allocate(attempt: Attempt, _posting: Posting) -> Done:
    told = {}
    for tranche in attempt.deal.tranches.all():
        bids = {str(one.pk): one for one in tranche.subscriptions.order_by("pk")}
        found = allotted(tranche.size_fen, {name: one.asked_fen for name, one in bids.items()}, lot_fen())
        for name, amount in found.items():
            bids[name].allotted_fen = amount
            bids[name].save(update_fields=["allotted_fen"])
        told[tranche.name] = [[bids[name].investor.organization_id, bids[name].asked_fen, amount] for name, amount in found.items()]
    return {"allotted": told}


def _issue(attempt: Attempt, posting: Posting) -> Done:
    """Closing: investors' client money → issue account → reserve and originator; claims in, notes out (I68)."""
    deal, terms = attempt.deal, attempt.terms()
    originator = party_of(deal, "originator")
    assert originator is not None
    account = posting.own("issue_proceeds")
    for tranche in deal.tranches.all():
        for one in holders_of(tranche):
            posting.move(client(one.investor.organization_id), account, one.allotted_fen or 0)
    posting.move(account, posting.own("reserve"), terms.reserve.initial)
    posting.move(account, client(originator.pk), deal.issue_fen - terms.reserve.initial)
    posting.claims_in(deal.pool_fen)
    for tranche in deal.tranches.all():
        posting.move(posting.own("pool_equity"), posting.own("notes", str(tranche.place)), tranche.size_fen)
    deal.issued_on, deal.reserve_fen = attempt.today, terms.reserve.initial
    effects_service.period_open(deal, terms)
    return {"issue_fen": deal.issue_fen, "reserve_fen": deal.reserve_fen, "to_originator_fen": deal.issue_fen - terms.reserve.initial}


def _replace(attempt: Attempt, posting: Posting) -> Done:
    """The originator's new claim takes the place of an old one; the old one goes back to the originator."""
    deal = attempt.deal
    old = deal.assets.get(claim=str(attempt.fields["old"]), active=True)
    new = deal.assets.get(claim=str(attempt.fields["new"]), state="listed")
    old.active, old.state = False, "replaced"
    out = old.performing_fen if old.defaulted_on is None else 0
    old.performing_fen = 0
    old.save(update_fields=["active", "state", "performing_fen"])
    old.patents.update(active=False)
    new.replaces = old
    new.save(update_fields=["replaces"])
    claims_lock([new], day=attempt.today)
    posting.claims_out(out)
    posting.claims_in(new.balance_fen)
    return {"old": old.claim, "new": new.claim, "out_fen": out, "in_fen": new.balance_fen}


def _declare(attempt: Attempt, _posting: Posting) -> Done:
    trigger = str(attempt.fields["trigger"])
    attempt.deal.declared = sorted({*attempt.deal.declared, trigger})
    return {"trigger": trigger, "reason": str(attempt.fields.get("reason", ""))[:2000]}


def _trip(attempt: Attempt, _posting: Posting) -> Done:
    deal = attempt.deal
    last = deal.periods.exclude(reported_on=None).last()
    measured = [one["kind"] for one in (last.tests if last else []) if one["tripped"]]
    agreed = {one.kind for one in attempt.terms().triggers}
    deal.accelerated_on = attempt.today
    deal.accelerated_by = sorted({*measured, *(agreed & set(deal.declared))})
    return {"by": deal.accelerated_by}


def _lift(attempt: Attempt, _posting: Posting) -> Done:
    """By a vote of the holders only. A measure that tripped is waived and does not trip again; an event that happens anew does."""
    deal, given = attempt.deal, attempt.fields
    deal.waived = sorted({*deal.waived, *deal.accelerated_by} - DECLARED - {"support_called"})
    deal.accelerated_on, deal.accelerated_by, deal.declared, deal.support_called = None, [], [], False
    return {
        "resolution": str(given["resolution"])[:200],
        "votes_for_fen": int(given["votes_for_fen"]),
        "waived": deal.waived,
        "reason": str(given.get("reason", ""))[:2000],
    }


def _finish(attempt: Attempt, _posting: Posting) -> Done:
    """The end; what is still owed on a tranche is told, never dropped."""
    deal = attempt.deal
    deal.closed_on = attempt.today
    AssetPatent.objects.filter(asset__transaction=deal).update(active=False)
    deal.assets.filter(active=True).update(active=False, state="released")
    return {"unpaid_fen": {one.name: one.balance_fen + one.arrears_fen for one in deal.tranches.all()}}


EFFECTS: Mapping[str, Callable[[Attempt, Posting], Done]] = {
    "cut": _cut, "withdraw": _withdraw, "reopen": _reopen, "structure": _structure, "restructure": _restructure, "consent": _nothing,
    "approve": _nothing, "offer": _nothing, "allocate": _allocate, "fail": _fail, "issue": _issue, "replace": _replace, "finish": _finish,
    "declare": _declare, "trip": _trip, "lift": _lift, "report": effects_service.report, "call": effects_service.call,
    "support": effects_service.support, "lapse": effects_service.lapse, "pay": effects_service.pay_out,
}  # fmt: skip

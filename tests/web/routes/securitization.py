"""The routes of securitization; a draft of the first organization that nobody else may see."""

import datetime as dt

from langqiao.web.people.models import Role
from langqiao.web.securitization.models import Asset, Collection, Investor, Party, Period, Request, Tranche, Transaction
from tests.web.routes.who import ANY_EDITOR, ANY_MEMBER, APPROVERS, EDITORS, MEMBERS

DEAL = {"deal_id": "abs"}
SECRET = "A secret of the first organization"
DAY = dt.date(2026, 9, 1)
ROUTES = {
    "securitizations": (ANY_MEMBER, "get", {}),
    "securitization_shapes": (ANY_MEMBER, "get", {}),
    "securitization_new": (ANY_EDITOR, "get", {}),
    "securitization_decline": (EDITORS, "post", {"request_id": "abs_request"}),
    "securitization": (MEMBERS, "get", DEAL),
    "securitization_step": (EDITORS, "post", DEAL | {"event": "abs_event"}),
    "securitization_request": (EDITORS, "post", DEAL | {"event": "abs_event"}),
    "securitization_structure": (EDITORS, "get", DEAL),
    "securitization_scenarios": (MEMBERS, "get", DEAL),
    "securitization_chart": (MEMBERS, "get", DEAL | {"name": "abs_chart"}),
    "securitization_pool": (MEMBERS, "get", DEAL),
    "securitization_party": (EDITORS, "post", DEAL),
    "securitization_criteria": (EDITORS, "post", DEAL),
    "securitization_claim": (EDITORS, "post", DEAL),
    "securitization_sheet": (EDITORS, "post", DEAL),
    "securitization_loan": (EDITORS, "post", DEAL),
    "securitization_remove": (EDITORS, "post", {"asset_id": "abs_asset"}),
    "securitization_default": (EDITORS, "post", {"asset_id": "abs_asset"}),
    "securitization_collect": (EDITORS, "post", DEAL),
    "securitization_settle": (EDITORS, "post", {"collection_id": "abs_collection"}),
    "securitization_date": (MEMBERS, "get", DEAL | {"number": "abs_number"}),
    "securitization_invite": (EDITORS, "post", DEAL),
    "securitization_confirm": (APPROVERS, "post", {"investor_id": "abs_investor"}),
    "securitization_declare": (EDITORS, "post", DEAL),
    "securitization_subscribe": (APPROVERS, "post", DEAL),
    "securitization_statement": (MEMBERS, "get", {"investor_id": "abs_investor", "form": "abs_form"}),
}
API = {
    "securitizations": (ANY_MEMBER, {}, None),
    **dict.fromkeys(("securitization", "securitization_pool"), (MEMBERS, DEAL, None)),
    "securitization_new": (ANY_EDITOR, {}, {"name": "N", "vehicle": "V", "structure": "receivables", "cut_off_on": "2026-09-01"}),
    "securitization_step": (EDITORS, DEAL, {"event": "withdraw"}),
    "securitization_request": (EDITORS, DEAL, {"event": "withdraw"}),
    "securitization_decline": (EDITORS, {"request_id": "abs_request"}, {}),
    "securitization_structure": (EDITORS, DEAL, {"first_end_on": "2026-12-01", "issue_fen": 200_00, "terms": {}}),
    "securitization_party": (EDITORS, DEAL, {"role": "trustee"}),
    "securitization_criteria": (EDITORS, DEAL, {"values": {}}),
    "securitization_claim": (EDITORS, DEAL, {"claim": "C-2"}),
    "securitization_sheet": (EDITORS, DEAL, {"rows": [{"claim": "C-2"}]}),
    "securitization_loan": (EDITORS, DEAL, {"loan_id": "00000000-0000-0000-0000-000000000000"}),
    "securitization_remove": (EDITORS, {"asset_id": "abs_asset"}, {}),
    "securitization_default": (EDITORS, {"asset_id": "abs_asset"}, {"reason": "late"}),
    "securitization_collect": (EDITORS, DEAL, {"rows": [{"ref": "R-2"}]}),
    "securitization_settle": (EDITORS, {"collection_id": "abs_collection"}, {"why": "unknown"}),
    "securitization_date": (MEMBERS, DEAL | {"number": "abs_number"}, None),
    "securitization_invite": (EDITORS, DEAL, {"organization_id": 1}),
    "securitization_confirm": (APPROVERS, {"investor_id": "abs_investor"}, {}),
    "securitization_declare": (EDITORS, DEAL, {"net_assets_fen": 1}),
    "securitization_subscribe": (APPROVERS, DEAL, {"bids": [{"place": 0, "asked_fen": 0}]}),
    "securitization_statement": (MEMBERS, {"investor_id": "abs_investor", "form": "abs_form"}, None),
}
"""Endpoints of the room → (who, values of the path, body)."""
TERMS = {
    "tranches": [{"name": "A", "rank": "senior", "balance": "100.00", "rate": 0.04}, {"name": "B", "rank": "junior", "balance": "100.00"}],
    "periods": 4,
    "periods_per_year": 4,
}


def owned(people):
    """A draft with a claim, a request, an investor, a payment date and a receipt."""
    first, by = people["first"], people[Role.EDITOR]
    deal = Transaction.objects.create(
        name=SECRET,
        vehicle=SECRET,
        structure="receivables",
        arranger=first,
        by=by,
        cut_off_on=DAY,
        terms=TERMS,
        issue_fen=200_00,
        first_end_on=DAY,
    )
    Party.objects.create(transaction=deal, role="arranger", organization=first)
    asset = Asset.objects.create(
        transaction=deal, claim="C-1", obligor="An obligor", industry="i", region="r", balance_fen=200_00, rate_annual="0.05", ends_on=DAY
    )
    for place, name in enumerate("AB"):
        Tranche.objects.create(
            transaction=deal,
            place=place,
            name=name,
            rank=("senior", "junior")[place],
            size_fen=100_00,
            rate_annual="0.04",
            balance_fen=100_00,
        )
    request = Request.objects.create(transaction=deal, event="cut", organization=first, requested_by=by)
    investor = Investor.objects.create(transaction=deal, organization=first)
    period = Period.objects.create(transaction=deal, number=1, since=DAY, until=DAY, pay_on=DAY, opening_fen=200_00)
    receipt = Collection.objects.create(period=period, ref="R-1", on=DAY, amount_fen=1_00, named="somebody", by=by)
    return {
        "abs": deal.pk, "abs_request": request.pk, "abs_event": "withdraw", "abs_chart": "flows", "abs_asset": asset.pk, "abs_collection": receipt.pk,
        "abs_number": 1, "abs_investor": investor.pk, "abs_form": "xlsx",
    }  # fmt: skip

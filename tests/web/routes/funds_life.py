"""The routes of a fund's money over its life, and a closed fund of the first organization with a row of each kind that waits."""

import datetime as dt

from django.utils import timezone

from langqiao.web.documents.files import keep
from langqiao.web.funds.charter import CHARTER, TERMS
from langqiao.web.funds.models import Default, Fund, FundFact, Mark, Newcomer, Order, Partner, Project, Share, TermsVersion, Valuation
from langqiao.web.funds.papers import PDF
from langqiao.web.people.models import Role
from tests.web.routes.who import APPROVERS, EDITORS, MEMBERS

SECRET = "A secret life of the first organization"
FUND = {"fund_id": "life_fund"}
ROUTES = {
    "fund_terms": (MEMBERS, "get", FUND),
    "fund_terms_decide": (APPROVERS, "post", {"version_id": "life_terms"}),
    "fund_calls": (MEMBERS, "get", FUND),
    "fund_default": (EDITORS, "post", FUND),
    "fund_default_decide": (APPROVERS, "post", {"default_id": "life_default"}),
    "fund_newcomer_add": (EDITORS, "post", FUND),
    "fund_newcomer_check": (APPROVERS, "post", {"newcomer_id": "life_newcomer"}),
    "fund_notice": (MEMBERS, "get", {"share_id": "life_share"}),
    "fund_statement": (MEMBERS, "get", {"partner_id": "life_partner"}),
    "fund_fees": (MEMBERS, "get", FUND),
    "fund_worth": (MEMBERS, "get", FUND),
    "fund_mark": (EDITORS, "post", FUND),
    "fund_mark_decide": (APPROVERS, "post", {"mark_id": "life_mark"}),
    "fund_valuation": (EDITORS, "post", FUND),
    "fund_valuation_decide": (APPROVERS, "post", {"valuation_id": "life_valuation"}),
    "fund_bridge": (MEMBERS, "get", {"valuation_id": "life_valued"}),
    "fund_series": (EDITORS, "post", FUND),
    "fund_fact": (EDITORS, "post", FUND),
    "fund_fact_decide": (APPROVERS, "post", {"fact_id": "life_fact"}),
    "fund_scorecard": (MEMBERS, "get", FUND),
    "fund_reports": (MEMBERS, "get", FUND),
    "fund_report_file": (MEMBERS, "get", {**FUND, "name": "life_report"}),
}


def owned(people):
    """A fund that closed a year ago; its name is a secret."""
    by, today = people[Role.EDITOR], timezone.localdate()
    closed = today - dt.timedelta(days=365)
    terms = {"charter": CHARTER, "terms": TERMS, "closed_on": closed}
    fund = Fund.objects.create(organization=people["first"], name=SECRET, target_fen=100, investment_years=3, exit_years=2, by=by, **terms)
    sha = keep(b"%PDF-1.7 " + SECRET.encode(), PDF)[0]
    papers = {
        "identity_sha256": sha,
        "disclosure_sha256": sha,
        "basis": "institution",
        "funds_source": "own",
        "disclosed_at": timezone.now(),
    }
    partner = Partner.objects.create(fund=fund, name=SECRET, commitment_fen=100, by=by, **papers)
    newcomer = Newcomer.objects.create(fund=fund, name="Later", commitment_fen=100, by=by, **papers)
    project = Project.objects.create(fund=fund, title=SECRET, target_name="Target", amount_fen=100, by=by, state="held")
    decided = {"state": "approved", "decided_by": people[Role.APPROVER], "decided_at": timezone.now()}
    asked = {"asked_by": by, "key": "life", "payload_sha256": "0" * 64, "result": {"uses": {"investments": 100}}}
    call = Order.objects.create(fund=fund, kind="call", amount_fen=100, on=closed, due_on=closed, **asked, **decided)
    share = Share.objects.create(order=call, partner=partner, amount_fen=100, parts={"investments_fen": 100})
    default = Default.objects.create(partner=partner, call=call, open_fen=100, noticed_on=today, by=by)
    version = TermsVersion.objects.create(fund=fund, number=2, from_on=today, body=TERMS, sha256="0" * 64, reason=SECRET, by=by)
    mark = Mark.objects.create(
        fund=fund, project=project, on=today, fair_fen=1, cost_fen=0, method="multiples", inputs=SECRET, by=by, key="life", payload_sha256="0"
    )  # fmt: skip
    sums = ("fair", "cost", "cash", "receivables", "liabilities", "accrued_fee", "accrued_carry", "carry_received", "possible_clawback")
    body = {f"{name}_fen": 0 for name in (*sums, "net", "partners")} | {"by_partner": {}, "terms_version": 1, "holdings": []}
    valuation = Valuation.objects.create(fund=fund, on=today, body=body, sha256="0" * 64, net_fen=0, partners_fen=0, by=by)
    valued = Valuation.objects.create(
        fund=fund, on=closed + dt.timedelta(days=9), sha256="0" * 64, net_fen=0, partners_fen=0, by=by, **decided,
        body=body | dict.fromkeys(("called_fen", "distributed_fen", "income_fen", "fees_fen", "expenses_fen"), 0),
    )  # fmt: skip
    fact = FundFact.objects.create(fund=fund, kind="jobs", on=today, amount=1, source=SECRET, evidence_sha256=sha, by=by)
    rows = {"terms": version, "default": default, "newcomer": newcomer, "share": share, "partner": partner, "mark": mark}
    rows |= {"valuation": valuation, "fact": fact, "fund": fund, "valued": valued}
    return {f"life_{name}": row.pk for name, row in rows.items()} | {"life_report": "report.xlsx"}

"""The routes of loans and pools; a draft of the first organization that nobody else may see, and a pool that it operates."""

import datetime as dt
import hashlib

from langqiao.web.credit.models import (
    BaseRate,
    CreditPolicy,
    Loan,
    LoanPaper,
    LoanPatent,
    LoanRequest,
    Pool,
    PoolMember,
    Subsidy,
    SubsidyProgram,
)
from langqiao.web.credit.papers import SHELF
from langqiao.web.people.models import Organization, Role
from tests.web.routes.who import ANY_EDITOR, ANY_MEMBER, APPROVERS, EDITORS, KEY, MEMBERS, Rule

LOAN, POOL = {"loan_id": "loan"}, {"pool_id": "pool"}
SECRET = "A secret of the first organization"
NO_BANK = Rule(
    opens=frozenset(),
    hides=frozenset({"reader", "editor", "approver", "unconfirmed", "admin", "other", "office", "platform"}),
)
"""A bank's own portfolio; none of the visitors belongs to a bank (tests/web/test_web_credit_pages.py opens it as one)."""
ROUTES = {
    "loans": (ANY_MEMBER, "get", {}),
    "loan_new": (ANY_EDITOR, "get", {}),
    "loan_policy": (ANY_MEMBER, "get", {}),
    "loan_policy_approve": (APPROVERS, "post", {"policy_id": "credit_policy"}),
    "loan_decline": (EDITORS, "post", {"request_id": "loan_request"}),
    "loan": (MEMBERS, "get", LOAN),
    "loan_step": (EDITORS, "post", LOAN | {"event": "loan_event"}),
    "loan_request": (EDITORS, "post", LOAN | {"event": "loan_event"}),
    "loan_paper": (EDITORS, "post", LOAN),
    "loan_paper_read": (MEMBERS, "get", LOAN | {"paper_id": "paper"}),
    "loan_chart": (MEMBERS, "get", LOAN),
    "loan_portfolio": (NO_BANK, "get", {}),
    "loan_vintages": (NO_BANK, "get", {}),
    "loan_rates": (ANY_MEMBER, "get", {}),
    "loan_rate_confirm": (Rule(opens=frozenset({"platform"})), "post", {"rate_id": "base_rate"}),
    "subsidy_ask": (EDITORS, "post", LOAN),
    "subsidies": (ANY_MEMBER, "get", {}),
    "subsidy_program": (MEMBERS, "get", {"program_id": "subsidy_program_row"}),
    "subsidy_program_confirm": (APPROVERS, "post", {"program_id": "subsidy_program_row"}),
    "subsidy_decide": (EDITORS, "post", {"subsidy_id": "subsidy", "event": "subsidy_event"}),
    "pools": (ANY_MEMBER, "get", {}),
    "pool": (MEMBERS, "get", POOL),
    "pool_confirm": (APPROVERS, "post", POOL),
    "pool_fill": (APPROVERS, "post", POOL),
}


def owned(people):
    """A loan in draft with a document and a request, and a pool."""
    first, by = people["first"], people[Role.EDITOR]
    bank = Organization.objects.create(name="A bank of loans", kind="bank")
    loan = Loan.objects.create(borrower=first, bank=bank, by=by, purpose=SECRET, asked_fen=100, asked_months=6)
    LoanPatent.objects.create(loan=loan, key=KEY, number="CN 102329749 B")
    content = b"%PDF-1.7 a paper"
    place = SHELF.place_of(hashlib.sha256(content).hexdigest())
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
    paper = LoanPaper.objects.create(
        loan=loan, organization=first, by=by, kind="other", name="a.pdf", sha256=place.name, size_bytes=len(content)
    )
    policy = CreditPolicy.objects.create(bank=first, values={}, asked_by=by)
    request = LoanRequest.objects.create(loan=loan, event="pay", organization=first, requested_by=by)
    pool = Pool.objects.create(
        name=SECRET, operator=first, bank_share="50", loan_cap_fen=1, leverage="1", stop_loss="1", claim_days=1, opened_by=by
    )
    PoolMember.objects.create(pool=pool, organization=first, share="50")
    day = dt.date(2026, 1, 1)
    rate = BaseRate.objects.create(base="lpr_1y", since=dt.date(2026, 12, 20), rate="0.03", source="a test", entered_by=by)
    program = SubsidyProgram.objects.create(
        name=SECRET, payer=first, share="0.5", cap_fen=1, begins=day, ends=day, document="a test", opened_by=by
    )
    subsidy = Subsidy.objects.create(
        program=program, loan=loan, since=day, until=day, interest_fen=2, amount_fen=1, asked_by=by, asked_on=day
    )
    return {
        "base_rate": rate.pk, "subsidy_program_row": program.pk, "subsidy": subsidy.pk, "subsidy_event": "propose",
        "loan": loan.pk, "paper": paper.pk, "loan_request": request.pk, "pool": pool.pk, "credit_policy": policy.pk, "loan_event": "submit",
    }  # fmt: skip

"""The routes of loans and pools; a draft of the first organization that nobody else may see, and a pool that it operates."""

import hashlib

from langqiao.web.credit.models import CreditPolicy, Loan, LoanPaper, LoanPatent, LoanRequest, Pool, PoolMember
from langqiao.web.credit.papers import place_of
from langqiao.web.people.models import Organization, Role
from tests.web.routes.who import ANY_EDITOR, ANY_MEMBER, APPROVERS, EDITORS, KEY, MEMBERS

LOAN, POOL = {"loan_id": "loan"}, {"pool_id": "pool"}
SECRET = "A secret of the first organization"
ROUTES = {
    "loans": (ANY_MEMBER, "get", {}),
    "loan_new": (ANY_EDITOR, "get", {}),
    "loan_policy": (ANY_MEMBER, "get", {}),
    "loan_policy_approve": (APPROVERS, "post", {"policy_id": "policy"}),
    "loan_decline": (EDITORS, "post", {"request_id": "loan_request"}),
    "loan": (MEMBERS, "get", LOAN),
    "loan_step": (EDITORS, "post", LOAN | {"event": "loan_event"}),
    "loan_request": (EDITORS, "post", LOAN | {"event": "loan_event"}),
    "loan_paper": (EDITORS, "post", LOAN),
    "loan_paper_read": (MEMBERS, "get", LOAN | {"paper_id": "paper"}),
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
    place = place_of(hashlib.sha256(content).hexdigest())
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
    return {
        "loan": loan.pk, "paper": paper.pk, "loan_request": request.pk, "pool": pool.pk, "policy": policy.pk, "loan_event": "submit",
    }  # fmt: skip

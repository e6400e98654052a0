"""A borrower with a right, a bank with money, an appraiser, a pool: what every test of loans begins with, and a loan walked to any state."""

import uuid

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from langqiao.engine.kernel.dates import add_months
from langqiao.web.credit import clock, papers, pools, services
from langqiao.web.ledger.models import LedgerAccount
from langqiao.web.rights.services import entry_append, holding_lock
from tests.web.deals_world import World, pay_in, sign
from tests.web.deals_world import both as deal_both
from tests.web.deals_world import receipt as deal_receipt
from tests.web.deals_world import take as deal_take

KEY = "CN-102905253-B"
"""Filed in 2011, granted in 2019: in force, with a known end."""
PRINCIPAL, VALUE = 400_000_00, 1_000_000_00
POLICY = {
    "pledge_rates": {"invention": "0.5", "utility_model": "0.25", "design": "0"},
    "grade_factors": {"A": "1", "B": "1", "C": "1", "D": "1", "E": "1", "ungraded": "1"},
    "life_factors": {"0": "1"},
    "remaining_life_months": 0,
}


class CreditWorld(World):
    """`seller` borrows; `bank`, `appraiser`, `insurer` and the pool's `operator` are pairs of approvers."""

    def __init__(self, monkeypatch, *, money_fen=10_000_000_00):
        super().__init__(money_fen=1_000_000_00, key=KEY)
        self.monkeypatch = monkeypatch
        self.bank = self.pair("桥东银行 Bank", "bank")
        self.appraiser = self.pair("桥西评估 Appraiser", "appraiser")
        self.fund = self.pair("桥基金 Pool fund", "fund")
        self.insurer = self.pair("桥保险 Insurer", "insurer")
        self.borrower = self.seller
        for pair in (self.bank, self.fund, self.insurer, self.borrower):
            pay_in(pair[0].organization, money_fen)
        self.pool = None
        asked = pools.policy_ask(membership=self.bank[0], values=POLICY)
        pools.policy_approve(asked.pk, membership=self.bank[1])

    def at(self, day):
        """From here on it is that day."""
        self.monkeypatch.setattr(clock, "today", lambda: day)

    def open_pool(self, *, capital_fen=1_000_000_00, cap_fen=2_000_000_00, leverage="10", stop_loss="0.5"):
        """54 the fund, 26 the bank, 20 the insurer, filled and confirmed."""
        fund, insurer = self.fund[0].organization, self.insurer[0].organization
        self.pool = pools.pool_open(
            membership=self.fund[0], name="风险补偿资金池", bank_share="26", members={fund.pk: "54", insurer.pk: "20"}, loan_cap_fen=cap_fen,
            leverage=leverage, stop_loss=stop_loss, claim_days=30,
        )  # fmt: skip
        pools.pool_confirm(self.pool.pk, membership=self.fund[1])
        for pair in (self.fund, self.insurer):
            if capital_fen:
                pools.pool_fill(self.pool.pk, membership=pair[0], amount_fen=capital_fen // 2, key="first")
        return self.pool

    def apply(self, **more):
        fields = {
            "bank": str(self.bank[0].organization_id),
            "patents": KEY,
            "amount_fen": PRINCIPAL,
            "months": 12,
            "purpose": "扩产 / line",
        }
        return services.loan_open(membership=self.borrower[0], fields=fields | more)

    def step(self, loan, event, who, **fields):
        done = services.loan_advance(loan.pk, event, membership=who, key=str(uuid.uuid4()), fields=dotted(fields))
        loan.refresh_from_db()
        return done

    def both(self, loan, event, pair, **fields):
        services.loan_request(loan.pk, event, membership=pair[0], fields=dotted(fields))
        return self.step(loan, event, pair[1])

    def paper(self, loan, who, kind="appraisal"):
        file = SimpleUploadedFile("report.pdf", b"%PDF-1.7 report")
        return papers.paper_add(loan.pk, membership=who, kind=kind, file=file)

    def appraisal(self, loan, **more):
        paper = self.paper(loan, self.appraiser[0])
        fields = {
            "appraisers": "甲\n乙", "method_cost": True, "method_income": True, "base_date": clock.today().isoformat(),
            "signed_and_sealed": True, "paper": paper.pk, **{f"value.{patent.key}": VALUE for patent in loan.patents.all()},
        }  # fmt: skip
        return fields | more

    def register(self, loan):
        deal = loan.deal
        sign(deal, ("seller", self.borrower[0]), ("pledgee", self.bank[0]))
        deal_take(deal, "sign", self.borrower[0])
        deal_both(deal, "file", self.borrower)
        deal_receipt(deal, self)
        deal_take(deal, "register", self.office[0])
        loan.deal.refresh_from_db()

    def deregister(self, loan, ground="discharged"):
        deal_receipt(loan.deal, self, "deregistration")
        deal_take(loan.deal, "release", self.platform[0], pledge__release_ground=ground)
        loan.refresh_from_db()

    def terms(self, **more):
        pool = {"pool": str(self.pool.pk)} if self.pool else {}
        return {"principal_fen": PRINCIPAL, "rate_annual": "0.06", "term": 12, "method": "linear"} | pool | more

    def brought(self, until, loan=None):
        """A loan walked to a state."""
        loan = loan or self.apply()
        walk = {
            "applied": lambda: self.step(loan, "submit", self.borrower[0]),
            "eligible": lambda: self.step(loan, "admit", self.bank[0], appraiser=str(self.appraiser[0].organization_id)),
            "appraised": lambda: services.loan_advance(
                loan.pk, "appraise", membership=self.appraiser[0], key=str(uuid.uuid4()), fields=self.appraisal(loan)
            ),
            "approved": lambda: self.both(loan, "approve", self.bank, **self.terms()),
            "contracted": lambda: self.step(loan, "contract", self.bank[0]),
            "registered": lambda: (self.register(loan), self.step(loan, "register", self.bank[0])),
            "active": lambda: self.both(loan, "draw", self.bank),
        }
        states = ["draft", *walk]
        while loan.state != until:
            walk[states[states.index(loan.state) + 1]]()
            loan.refresh_from_db()
        return loan

    def months_on(self, loan, months):
        self.at(add_months(loan.drawn_on, months))


def dotted(fields):
    return {name.replace("__", "."): value for name, value in fields.items()}


def lapses(on, key=KEY):
    """The record of the right takes the register's notice that it has lapsed for an unpaid annuity."""
    with transaction.atomic():
        entry_append(holding_lock(key), kind="event", on=on, body={"kind": "LAPSE"}, by=None)


def balance(owner, purpose, ref=None):
    """What an account holds on its own side."""
    rows = LedgerAccount.objects.filter(owner=owner, purpose=purpose)
    if ref is not None:
        rows = rows.filter(ref=ref)
    return sum(row.debits_posted_fen - row.credits_posted_fen for row in rows)


def trial_balance():
    """Σ debits − Σ credits of the whole ledger; zero always."""
    return sum(row.debits_posted_fen - row.credits_posted_fen for row in LedgerAccount.objects.all())

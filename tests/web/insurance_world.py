"""An insurer with an approved product, a holder with rights and money, a payer: what every test of insurance begins with."""

import datetime as dt
import uuid

from django.core.files.uploadedfile import SimpleUploadedFile

from langqiao.web.insurance import clock, papers, quoting, services, tariffs
from langqiao.web.ledger.models import LedgerAccount
from tests.web.deals_world import World, own, pay_in

KEY = "CN-102905253-B"
OTHER_KEY = "CN-102329749-B"
FIGURES = {
    "frequency_low": "0.01", "frequency": "0.02", "frequency_high": "0.03", "deductible_fen": "100000", "coinsurance": "0.1",
    "limit_min_fen": "1000000", "limit_max_fen": "100000000", "expense": "0.25", "profit": "0.1", "minimum_premium_fen": "10000",
    "waiting_days": "30", "retroactive_days": "0", "valid_days": "30",
}  # fmt: skip
SCHEDULE = {
    "base_fen": "200000", "per_further_fen": "20000", "limit_multiple": "15", "deductible_fen": "0", "coinsurance": "0", "waiting_days": "30",
    "retroactive_days": "0", "valid_days": "30",
}  # fmt: skip
SEVERITY = {"kind": "table", "basis": "fen", "rows": [["20000000", "0.5"], ["60000000", "0.5"]], "source": "test"}
LOAN_SEVERITY = {"kind": "table", "basis": "share", "rows": [["1", "0.4"], ["0.5", "0.6"]], "source": "test"}


def sourced(figures):
    return {name: {"value": value, "source": "test"} for name, value in figures.items()}


def rated(*, factors=(), severity=SEVERITY, **figures):
    return {"mode": "rated", "figures": sourced(FIGURES | figures), "severity": severity, "factors": list(factors)}


def scheduled(**figures):
    return {"mode": "scheduled", "figures": sourced(SCHEDULE | figures)}


class InsuranceWorld(World):
    """`holder` owns two rights; `insurer` and `payer` are pairs of approvers; the day is set by `at`."""

    def __init__(self, monkeypatch, *, money_fen=10_000_000_00):
        super().__init__(money_fen=1_000_000_00, key=KEY)
        self.monkeypatch = monkeypatch
        self.holder = self.seller
        own(self.holder[0].organization, OTHER_KEY)
        self.insurer = self.pair("桥保险 Insurer", "insurer")
        self.payer = self.pair("桥区知识产权局 Payer", "office")
        for pair in (self.holder, self.insurer, self.payer):
            pay_in(pair[0].organization, money_fen)
        self.made = 0

    def at(self, day):
        """From here on it is that day."""
        self.monkeypatch.setattr(clock, "today", lambda: day)

    def later(self, days):
        self.at(clock.today() + dt.timedelta(days=days))

    def product(self, values=None, kind="enforcement_cost"):
        self.made += 1
        made = tariffs.product_open(membership=self.insurer[0], kind=kind, name=f"产品 {self.made}")
        tariff = tariffs.tariff_ask(made.pk, membership=self.insurer[0], values=values or rated(), since=clock.today())
        tariffs.tariff_approve(tariff.pk, membership=self.insurer[1])
        return made

    def quote(self, product, *, renews=None, **more):
        fields = {"product": str(product.pk), "patents": KEY, "limit_fen": 40_000_000, "since": clock.today().isoformat()}
        given = {name: value for name, value in (fields | more).items() if value is not None}
        return quoting.quote_make(membership=self.holder[0], fields=given, renews=renews)

    def step(self, policy, event, who, **fields):
        done = services.policy_advance(policy.pk, event, membership=who, key=str(uuid.uuid4()), fields=fields)
        policy.refresh_from_db()
        return done

    def both(self, policy, event, pair, **fields):
        services.policy_request(policy.pk, event, membership=pair[0], fields=fields)
        return self.step(policy, event, pair[1])

    def brought(self, until="in_force", policy=None, product=None, **more):
        """A policy walked to a state."""
        policy = policy or self.quote(product or self.product(), **more)
        walk = {
            "accepted": lambda: self.step(policy, "accept", self.holder[0]),
            "underwritten": lambda: self.both(policy, "underwrite", self.insurer),
            "in_force": lambda: self.both(policy, "pay", self.holder),
        }
        states = ["quoted", *walk]
        while policy.state != until:
            walk[states[states.index(policy.state) + 1]]()
        return policy

    def notify(self, policy, *, who=None, **more):
        fields = {"incident_on": clock.today().isoformat(), "patent": KEY, "legal_fen": 200_000_00, "description": "侵权诉讼 / a suit"}
        given = {name: value for name, value in (fields | more).items() if value is not None}
        return services.claim_notify(policy.pk, membership=who or self.holder[0], fields=given)

    def claim_step(self, claim, event, who, **fields):
        done = services.claim_advance(claim.pk, event, membership=who, key=str(uuid.uuid4()), fields=fields)
        claim.refresh_from_db()
        return done

    def claim_both(self, claim, event, pair=None, **fields):
        pair = pair or self.insurer
        services.claim_request(claim.pk, event, membership=pair[0], fields=fields)
        return self.claim_step(claim, event, pair[1])

    def paper(self, claim, kind, who=None):
        file = SimpleUploadedFile("paper.pdf", b"%PDF-1.7 " + kind.encode())
        return papers.paper_add(claim.pk, membership=who or self.holder[0], kind=kind, file=file)

    def evidence(self, claim):
        for kind in ("case_acceptance", "invoice"):
            self.paper(claim, kind)

    def paid_claim(self, policy, **more):
        """A claim walked to its payment."""
        claim = self.notify(policy, **more)
        self.evidence(claim)
        self.claim_step(claim, "reserve", self.insurer[0], reserve_fen=100_000_00, reason="first look")
        self.claim_both(claim, "approve")
        self.claim_both(claim, "settle")
        policy.refresh_from_db()
        return claim


def held(world, purpose, ref):
    """What stands on the credit side of an account of the insurer."""
    owner = f"organization/{world.insurer[0].organization_id}"
    row = LedgerAccount.objects.filter(owner=owner, purpose=purpose, ref=str(ref)).first()
    return row.credits_posted_fen - row.debits_posted_fen if row else 0


def trial_balance():
    """Σ debits − Σ credits of the whole ledger; zero always."""
    return sum(row.debits_posted_fen - row.credits_posted_fen for row in LedgerAccount.objects.all())


def books_agree(world, policy):
    """P19 and the insurer's own books of a policy: deferred + earned = received; cash = received − paid + recovered."""
    policy.refresh_from_db()
    deferred, income = held(world, "deferred_revenue", policy.pk), held(world, "premium_income", policy.pk)
    claims = list(policy.claims.all())
    assert deferred + income == policy.paid_fen and income == policy.earned_fen
    assert -held(world, "policy_cash", policy.pk) == policy.paid_fen - sum(c.paid_fen - c.recovered_fen for c in claims)
    assert all(held(world, "reserve", c.pk) == c.reserve_fen == sum(m.reserve_fen for m in c.movements.all()) for c in claims)
    assert -held(world, "claims_incurred", policy.pk) == sum(c.reserve_fen + c.paid_fen - c.recovered_fen for c in claims)
    assert policy.used_fen == sum(c.paid_fen for c in claims) <= policy.limit_fen
    assert sum(one.paid_fen - one.returned_fen for one in policy.shares.all()) == policy.paid_fen
    assert trial_balance() == 0

"""A 301-million second-license securitization: eleven firms, a lessor, an arranger, a trustee; walked to any state by the room's own services."""

import csv
import datetime as dt
import uuid
from importlib.resources import files
from pathlib import Path

from django.db import transaction

from langqiao.engine.kernel.dates import add_months
from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.operations.check import check
from langqiao.engine.operations.encumbrance import Encumbrance, Plan
from langqiao.engine.operations.outcome import Effect
from langqiao.engine.operations.scope import Scope
from langqiao.web.ledger.models import LedgerAccount
from langqiao.web.rights.selectors import standing_for
from langqiao.web.rights.services import effects_apply, holding_open
from langqiao.web.securitization import clock, collected, pool, services, subscription
from langqiao.web.securitization.selectors import period_now
from tests.web.deals_world import World, pay_in
from tests.web.routes.who import KEY

CUT_OFF = dt.date(2026, 9, 1)
FIRST_END = dt.date(2026, 12, 1)
MILLION = 1_000_000_00
KEYS = (
    "CN-102329749-B", "CN-102905253-B",
)  # fmt: skip
SENIOR, JUNIOR = 285 * MILLION, 16 * MILLION
TERMS = {
    "tranches": [
        {"name": "优先级", "rank": "senior", "balance": "285000000.00", "rate": 0.04},
        {"name": "次级", "rank": "junior", "balance": "16000000.00"},
    ],
    "periods": 20, "periods_per_year": 4, "principal": "pass_through", "order": "sequential",
    "reserve": {"initial": "3000000.00", "target": "3000000.00"},
    "support": {"limit": "60000000.00"},
    "fees": [{"payee": "trustee", "fixed": "20000.00"}, {"payee": "servicer", "rate": 0.001}],
    "triggers": [{"kind": "cumulative_default", "level": 0.10}, {"kind": "support_called"}, {"kind": "servicer_default"}],
    "curves": {"cpr": 0.0, "cdr": 0.0, "recovery": 0.3},
}  # fmt: skip


class SecuritizationWorld(World):
    """`arranger`, `lessor` (originator and servicer), `trustee`, `guarantor`, `appraiser`, `rater`, `bank` and `insurer` are pairs of approvers."""

    def __init__(self, monkeypatch=None, *, money_fen=400 * MILLION, firms=11, key=KEY, fixed=True):
        super().__init__(money_fen=1_000_000_00, key=key)
        self.monkeypatch = monkeypatch
        self.arranger = self.pair("桥东证券资管 Arranger", "fund")
        self.lessor = self.pair("桥南融资租赁 Lessor")
        self.trustee = self.pair("桥西托管银行 Trustee", "bank")
        self.guarantor = self.pair("桥北担保 Guarantor")
        self.appraiser = self.pair("桥西评估 Appraiser", "appraiser")
        self.rater = self.pair("桥中评级 Rating")
        self.bank = self.pair("桥上银行 Bank", "bank")
        self.insurer = self.pair("桥上保险 Insurer", "insurer")
        self.firms = firms
        for pair in (self.lessor, self.guarantor, self.bank, self.insurer):
            pay_in(pair[0].organization, money_fen)
        if fixed:
            self.at(dt.date(2026, 9, 10))

    def at(self, day):
        """From here on it is that day."""
        if self.monkeypatch:
            self.monkeypatch.setattr(clock, "today", lambda: day)
        else:
            clock.today = lambda: day

    def draft(self, structure="second_license", **more):
        given = {
            "name": "廊桥专利许可1期（演示）",
            "vehicle": "廊桥专利许可1期资产支持专项计划",
            "cut_off_on": CUT_OFF,
            "shape": "guangkai-2019",
        }
        deal = pool.transaction_open(membership=self.arranger[0], structure=structure, **(given | more))
        roles = {
            "originator": self.lessor, "servicer": self.lessor, "trustee": self.trustee, "support": self.guarantor, "appraiser": self.appraiser,
            "rating": self.rater,
        }  # fmt: skip
        for role, pair in roles.items():
            pool.party_set(deal.pk, membership=self.arranger[0], role=role, organization_id=pair[0].organization_id)
        return deal

    def row(self, number, balance="27363637.00", **more):
        given = {
            "claim": f"SL-{number:02d}", "obligor": f"承租企业{number:02d}", "industry": ("新材料", "装备", "生物医药")[number % 3], "region": "江州",
            "balance": balance, "rate": "6.2%", "payments": "20", "months": "3", "begins": CUT_OFF.isoformat(), "method": "level",
        }  # fmt: skip
        return given | more

    def rows(self):
        """Eleven claims that sum to 301 million and one yuan over nothing: the last takes the remainder."""
        each = 301_000_000 // self.firms
        sizes = [each] * (self.firms - 1) + [301_000_000 - each * (self.firms - 1)]
        return [self.row(number, f"{size}.00") for number, size in enumerate(sizes, 1)]

    def filled(self, deal, **more):
        """The pool without patents: the receivables structure; a second license needs `licensed` ones."""
        pool.assets_add(deal.pk, membership=self.arranger[0], rows=[row | more for row in self.rows()])
        return deal

    def licensed_pool(self, deal, *, patents=None):
        """Eleven firms, each with a patent of its own licensed to the lessor alone and back."""
        keys = patents or free_keys(self.firms)
        for row, key in zip(self.rows(), keys, strict=True):
            licensed(key, firm=row["obligor"], lessor=self.lessor[0].organization.name)
            pool.asset_add(deal.pk, membership=self.arranger[0], row=row | {"patents": key})
        return deal

    def step(self, deal, event, who, **fields):
        done = services.transaction_advance(deal.pk, event, membership=who, key=str(uuid.uuid4()), fields=fields)
        deal.refresh_from_db()
        return done

    def both(self, deal, event, pair, **fields):
        services.transaction_request(deal.pk, event, membership=pair[0], fields=fields)
        return self.step(deal, event, pair[1])

    def structure(self, deal, terms=None, **more):
        given = {"terms": terms or TERMS, "first_end_on": FIRST_END.isoformat(), "pay_days": "5", "issue_fen": 301 * MILLION}
        return self.step(deal, "structure", self.arranger[0], **(given | more))

    def invest(self, deal, bids=None):
        """The bank and the insurer take the senior tranche, the lessor keeps the junior one."""
        for pair in (self.bank, self.insurer, self.lessor):
            subscription.investor_invite(deal.pk, membership=self.arranger[0], organization_id=pair[0].organization_id)
        return bids or ((self.bank, {0: 200 * MILLION}), (self.insurer, {0: 85 * MILLION}), (self.lessor, {1: JUNIOR}))

    def subscribed(self, deal, bids):
        for pair, amounts in bids:
            subscription.investor_declare(
                deal.pk, membership=pair[0], net_assets_fen=100 * MILLION, evidence="审计报告 2025-12-31", risks_read=True
            )
            investor = deal.investors.get(organization=pair[0].organization)
            subscription.investor_confirm(investor.pk, membership=self.arranger[0])
            subscription.subscribe(deal.pk, membership=pair[1], amounts_fen=amounts)

    def brought(self, until, deal=None, *, structure="receivables", terms=None, fill=None):
        """A transaction walked to a state."""
        deal = deal or (fill or self.filled)(self.draft(structure))
        bids = []
        walk = {
            "pooled": lambda: self.both(deal, "cut", self.arranger),
            "structured": lambda: self.structure(deal, terms),
            "consented": lambda: self.both(deal, "consent", self.lessor),
            "approved": lambda: self.both(deal, "approve", self.trustee),
            "offered": lambda: (bids.extend(self.invest(deal)), self.step(deal, "offer", self.arranger[0])),
            "allocated": lambda: (self.subscribed(deal, bids), self.both(deal, "allocate", self.arranger)),
            "issued": lambda: self.both(deal, "issue", self.trustee),
        }
        states = ["draft", *walk]
        while deal.state != until:
            walk[states[states.index(deal.state) + 1]]()
            deal.refresh_from_db()
        return deal

    def due(self, deal, *, skip=()):
        """Rows of what every performing claim owes until the end of the open period."""
        return self.due_until(deal, period_now(deal).until, skip=skip)

    def due_until(self, deal, day, *, skip=()):
        """The same until a day."""
        rows = []
        for asset in deal.assets.filter(active=True, defaulted_on=None).exclude(claim__in=skip):
            owed = sum(
                flow.principal_fen + flow.interest_fen - flow.paid_principal_fen - flow.paid_interest_fen
                for flow in asset.flows.all()
                if flow.due_on <= day
            )
            if owed:
                rows.append(receipt(asset.claim, day, owed))
        return rows

    def collect(self, deal, rows):
        self.at(period_now(deal).until)
        return collected.collections_enter(deal.pk, membership=self.lessor[0], rows=rows, key=uuid.uuid4().hex[:30])

    def report(self, deal):
        self.at(period_now(deal).until)
        return self.both(deal, "report", self.lessor)

    def pay(self, deal):
        period = period_now(deal)
        if period.call_fen and period.state == "reported":
            self.step(deal, "call", self.trustee[0])
            self.both(deal, "support", self.guarantor)
        return self.both(deal, "pay", self.trustee)

    def served(self, deal, *, skip=()):
        """One period whole: everything due is collected, reported and paid."""
        rows = self.due(deal, skip=skip)
        if rows:
            self.collect(deal, rows)
        self.report(deal)
        self.pay(deal)
        return deal.periods.filter(state="paid").last()


def free_keys(count):
    """Granted Chinese inventions of the shipped facts on which nothing lies, in the order of their numbers."""
    with Path(str(files("langqiao.data.facts").joinpath("cn_patents.csv"))).open(encoding="utf-8") as file:
        numbers = [row["patent_key"] for row in csv.DictReader(file) if row["status"] == "granted" and row["filing_year"] >= "2012"]
    found = []
    for number in numbers:
        key = f"CN-{number[2:-1]}-{number[-1]}"
        try:
            standing = standing_for(key, CUT_OFF)
        except Refusal:
            continue
        if not check(standing, Plan(operation="abs_pool", on=CUT_OFF)).refusals and len(standing.owners) == 1 and not standing.encumbrances:
            found.append(key)
        if len(found) == count:
            return found
    raise AssertionError(f"only {len(found)} free patents in the shipped facts")


def receipt(claim, on, fen, ref=None):
    return {"claim": claim, "on": on.isoformat(), "amount": f"{fen // 100}.{fen % 100:02d}", "ref": ref or uuid.uuid4().hex[:20]}


def licensed(key, *, firm, lessor, ends=None, back=True, back_scope=None):
    """The record of a right: the firm owns it, gives the lessor an exclusive license, and takes a license back within it."""
    end = ends or add_months(CUT_OFF, 72)
    head = Encumbrance(kind="exclusive_license", scope=Scope(start=dt.date(2026, 7, 15), end=end), holder=lessor, reference=f"EX-{key}")
    effects = [
        Effect(patent=key, kind="owner_changed", on=dt.date(2026, 7, 1), party=firm, reference=f"OWN-{key}"),
        Effect(patent=key, kind="burden_added", on=dt.date(2026, 7, 15), burden=head, party=lessor, reference=head.reference),
    ]
    if back:
        scope = back_scope or Scope(start=dt.date(2026, 7, 15), end=end)
        given = Encumbrance(kind="ordinary_license", scope=scope, holder=firm, reference=f"BACK-{key}")
        effects.append(
            Effect(
                patent=key,
                kind="burden_added",
                on=dt.date(2026, 7, 15),
                burden=given,
                party=firm,
                reference=given.reference,
                under=head.reference,
            )
        )
    with transaction.atomic():
        holding_open(key)
        effects_apply(effects, deal=f"chain-{key}", by=None)


def balance(deal, purpose, ref=None):
    """Credits less debits of the vehicle's accounts of a purpose."""
    rows = LedgerAccount.objects.filter(owner=f"pool/{deal.pk}", purpose=purpose)
    rows = rows if ref is None else rows.filter(ref=ref)
    return sum(row.credits_posted_fen - row.debits_posted_fen for row in rows)


def trial_balance():
    """Σ debits − Σ credits of the whole ledger; zero always."""
    return sum(row.debits_posted_fen - row.credits_posted_fen for row in LedgerAccount.objects.all())

"""Random lives of policies and claims: earned and unearned sum to what came in, payments stay in the limit, the books balance after each step."""

import datetime as dt
import uuid

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.deals.money import available_fen
from langqiao.web.insurance import clock, services
from langqiao.web.insurance.models import Claim, Policy
from langqiao.web.ledger.models import LedgerAccount
from tests.web.insurance_world import KEY, OTHER_KEY, InsuranceWorld, books_agree, rated, scheduled

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("facts_lake")]
DAY = dt.date(2026, 3, 2)
MOVES = (
    "quote", "renew", "accept", "subsidy", "grant", "underwrite", "pay", "change", "endorse", "cancel", "notify", "reserve", "approve", "refuse",
    "object", "reopen", "settle", "recover", "days", "clock",
)  # fmt: skip
steps = st.lists(st.tuples(st.sampled_from(MOVES), st.integers(0, 7), st.integers(1, 200)), min_size=10, max_size=28)
"""(move, which policy or claim, size in hundreds of yuan or days)."""


class Life:
    """A world in which anything is tried; what a rule refuses leaves nothing behind."""

    def __init__(self, monkeypatch):
        self.world = InsuranceWorld(monkeypatch)
        self.day = DAY
        self.world.at(self.day)
        self.products = [self.world.product(scheduled(waiting_days="0")), self.world.product(rated(waiting_days="3"))]
        self.taken = 0
        self.total = self.cash()

    def cash(self):
        world = self.world
        return sum(available_fen(pair[0].organization) for pair in (world.holder, world.insurer, world.payer, world.buyer))

    def policy(self, which):
        rows = list(Policy.objects.order_by("created_at", "pk"))
        return rows[which % len(rows)] if rows else None

    def claim(self, which):
        rows = list(Claim.objects.order_by("created_at", "pk"))
        return rows[which % len(rows)] if rows else None

    def try_(self, move, which, size):
        try:
            with transaction.atomic():
                self.move(move, which, size)
            self.taken += 1
        except Refusal:
            pass
        self.check()

    def move(self, move, which, size):
        world = self.world
        if move == "days":
            self.day += dt.timedelta(days=size)
            world.at(self.day)
        elif move == "clock":
            clock.policies_clock()
        elif move == "quote":
            self.quote(which, None)
        else:
            self.step(move, which, size)

    def quote(self, which, renews):
        product = self.products[which % 2]
        more = {"limit_fen": None} if which % 2 == 0 else {"limit_fen": 2_000_000}
        self.world.quote(product, patents=KEY if which % 3 else f"{KEY}\n{OTHER_KEY}", renews=renews, **more)

    def step(self, move, which, size):
        world, policy, claim = self.world, self.policy(which), self.claim(which)
        if policy is None or (claim is None and move in {"reserve", "approve", "refuse", "object", "reopen", "settle", "recover"}):
            return
        payer = {"payer": str(world.payer[0].organization_id), "rate": "30%"}
        others = {"cancel": world.holder, "pay": world.holder, "underwrite": world.insurer, "grant": world.payer, "endorse": world.insurer}
        match move:
            case "renew":
                self.quote(which, policy.pk)
            case "accept":
                world.step(policy, "accept", world.holder[0])
            case "subsidy":
                world.step(policy, "ask_subsidy", world.holder[0], **payer)
            case "change":
                wish = {"add": OTHER_KEY} if size % 2 else {"remove": OTHER_KEY}
                world.both(policy, "propose_change", world.holder, **wish)
            case "notify":
                made = world.notify(policy, legal_fen=size * 10_000, incident_on=(self.day - dt.timedelta(days=which)).isoformat())
                world.evidence(made)
            case "reserve":
                world.claim_step(claim, "reserve", world.insurer[0], reserve_fen=size * 10_000, reason="random")
            case "refuse":
                world.claim_both(claim, "refuse", ground="other_ground", reason="random")
            case "object":
                world.claim_step(claim, "object", world.holder[0], reason="random")
            case "reopen":
                world.claim_both(claim, "reopen")
            case "recover":
                world.claim_both(claim, "recover", amount_fen=size * 100, evidence="random")
            case "approve" | "settle":
                world.claim_both(claim, move)
            case _:
                world.both(policy, move, others[move])

    def check(self):
        for policy in Policy.objects.all():
            books_agree(self.world, policy)
        assert (
            self.cash() == self.total
        )  # money of insurance moves between clients only: nothing comes from nowhere, nothing to the platform
        pots = set(LedgerAccount.objects.exclude(debits_posted_fen=0, credits_posted_fen=0).values_list("pot", flat=True))
        assert pots <= {"client"}


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=steps)
def test_random_lives_keep_premium_limits_and_books(monkeypatch, moves):
    with transaction.atomic():
        life = Life(monkeypatch)
        for move in ("quote", "accept", "underwrite", "pay"):
            life.try_(move, 0, 1)
        assert life.taken == 4
        for move, which, size in moves:
            life.try_(move, which, size)
        transaction.set_rollback(True)


def test_a_key_used_by_two_steps_is_refused_and_leaves_nothing(monkeypatch):
    world = InsuranceWorld(monkeypatch)
    policy = world.brought()
    services.policy_request(policy.pk, "cancel", membership=world.holder[0])
    key = str(uuid.uuid4())
    first = services.policy_advance(policy.pk, "cancel", membership=world.holder[1], key=key)
    assert services.policy_advance(policy.pk, "cancel", membership=world.holder[1], key=key) == first
    books_agree(world, policy)

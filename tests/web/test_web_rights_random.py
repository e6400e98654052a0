"""Whatever effects arrive in whatever order: shares sum to one, no license lies in another's exclusive scope, and a view as of a moment equals the replay up to it."""

import datetime as dt
from fractions import Fraction
from itertools import combinations

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.operations.encumbrance import Encumbrance
from langqiao.engine.operations.outcome import Effect
from langqiao.engine.operations.scope import Scope
from langqiao.web.rights.models import Entry
from langqiao.web.rights.replay import state_of
from langqiao.web.rights.selectors import held_on, holding_of, lines_of
from langqiao.web.rights.services import effects_apply
from tests.web.routes.who import KEY

pytestmark = [pytest.mark.django_db, pytest.mark.books, pytest.mark.usefixtures("facts_lake")]
START = dt.date(2026, 1, 1)
LICENSES = ("exclusive_license", "sole_license", "ordinary_license")
days = st.integers(0, 60).map(lambda n: START + dt.timedelta(days=n))
references = st.sampled_from(["A", "B", "C", "D"])


@st.composite
def effects(draw):
    """One effect as a deal might bring it."""
    on, reference = draw(days), draw(references)
    kind = draw(st.sampled_from(["burden_added"] * 5 + ["burden_removed"] * 2 + ["owner_changed", "recorded", "annuity_reduced"]))
    scope = Scope(
        territories=draw(st.sampled_from([None, frozenset({"CN-44"}), frozenset({"CN-32"}), frozenset({"CN"})])),
        start=on,
        end=draw(st.sampled_from([None, on + dt.timedelta(days=10)])),
    )
    burden = Encumbrance(
        kind=draw(st.sampled_from([*LICENSES, "pledged", "open_license", "preserved"])), scope=scope, holder=reference, reference=reference
    )
    given = burden if kind.startswith("burden") else None
    return Effect(patent=KEY, kind=kind, on=on, party=draw(st.sampled_from(["One", "Two"])), burden=given, reference=reference)


def applied(effect):
    try:
        with transaction.atomic():
            return effects_apply([effect], deal=effect.reference, by=None)
    except Refusal:
        return None


def told(state):
    return state.owners, state.owners_since, state.burdens, state.practiced


def forbidden(one, other):
    """Two licenses in force on one day that the law does not let lie beside each other."""
    closed = {"exclusive_license", "sole_license"}
    return {one.kind, other.kind} & closed and one.scope.meets(other.scope) and one.kind in LICENSES and other.kind in LICENSES


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(effects(), max_size=12))
def test_random_effects_keep_the_record_sound(found):
    with transaction.atomic():
        seen = []
        for effect in found:
            written = applied(effect)
            if written:
                holding = holding_of(KEY)
                seen.append((written[-1].recorded_at, effect.on, told(state_of(lines_of(holding), day=effect.on))))
        last = START + dt.timedelta(days=100)
        state = held_on(KEY, last).state
        assert not state.owners or sum((owner.share for owner in state.owners), Fraction(0)) == 1
        for day in {effect.on for effect in found}:
            burdens = [burden for burden in held_on(KEY, day).state.burdens if burden.in_force(day)]
            assert not [pair for pair in combinations(burdens, 2) if forbidden(*pair)]
            assert len([burden for burden in burdens if burden.kind == "pledged"]) <= 1
            both = {burden.kind for burden in burdens}
            assert not ("open_license" in both and both & {"exclusive_license", "sole_license"})
        for moment, day, then in seen:
            assert told(held_on(KEY, day, known_at=moment).state) == then
        transaction.set_rollback(True)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(effects(), max_size=12), st.randoms(use_true_random=False))
def test_the_state_does_not_depend_on_the_order_in_which_lines_are_read(found, random):
    with transaction.atomic():
        for effect in found:
            applied(effect)
        if Entry.objects.exists():
            lines = list(lines_of(holding_of(KEY)))
            shuffled = random.sample(lines, len(lines))
            for day in {effect.on for effect in found}:
                assert state_of(shuffled, day=day) == state_of(lines, day=day)
        transaction.set_rollback(True)

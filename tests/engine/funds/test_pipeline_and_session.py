"""The tables of the pipeline and the session in every state, event and role; what ballots decide, in any order, with and without recusal."""

import datetime as dt
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langqiao.engine.funds.diligence import QUESTIONS, PatentFacts, Peer, answers, diligence_gaps
from langqiao.engine.funds.pipeline import EXIT_PREFIX, EXITS, LIVE, ORDER, PIPELINE, REQUIRED, STAGES, evidence_gaps, exit_gap
from langqiao.engine.funds.session import SESSION, Ballot, Charter, MatterRule, Sitting, conflicts, decide, hints, material, too_conflicted
from langqiao.engine.kernel.refusal import Refusal

ROLES = ("reader", "editor", "approver", "system")
PIPELINE_SAYS = {
    ("entry", "propose"): ("project", {"editor", "approver"}),
    ("project", "approve"): ("diligence", {"approver"}),
    ("diligence", "complete"): ("compliance", {"editor", "approver"}),
    ("compliance", "clear"): ("committee", {"approver"}),
    ("committee", "resolve"): ("closing", {"system"}),
    ("committee", "send_back"): ("diligence", {"approver"}),
    ("closing", "vote_again"): ("committee", {"editor", "approver"}),
    ("closing", "close"): ("held", {"system"}),
    ("held", "prepare_exit"): ("exiting", {"editor", "approver"}),
    ("exiting", "stay"): ("held", {"approver"}),
    ("exiting", "exit"): ("exited", {"approver"}),
} | {(stage, "lose"): ("lost", {"editor", "approver"}) for stage in ("entry", "project", "diligence", "compliance", "committee", "closing")}
SESSION_SAYS = {
    ("called", "open"): ("open", {"approver"}),
    ("called", "cancel"): ("canceled", {"editor", "approver"}),
    ("open", "close"): ("closed", {"approver"}),
}
DAY = dt.date(2026, 11, 24)
CLEAN = {
    "owners": ("A",),
    "shares_stated": False,
    "granted": True,
    "status": "in_force",
    "expires_on": dt.date(2040, 1, 1),
    "burdens": frozenset(),
}


@pytest.mark.parametrize(("table", "says"), [(PIPELINE, PIPELINE_SAYS), (SESSION, SESSION_SAYS)], ids=["pipeline", "session"])
def test_every_state_event_and_role_does_what_the_written_table_says_and_nothing_else(table, says):
    events = {step.event for step in table.steps}
    for state in table.states:
        for event in events:
            for role in ROLES:
                target, by = says.get((state, event), ("", set()))
                if role in by:
                    assert table.take(state, event, role).target == target
                else:
                    with pytest.raises(Refusal) as told:
                        table.take(state, event, role)
                    assert told.value.code == ("not_allowed" if by else "step_not_possible")


def test_no_step_leaves_a_stage_out():
    for step in PIPELINE.steps:
        if step.target in STAGES and step.source in STAGES:
            assert STAGES.index(step.target) - STAGES.index(step.source) <= 1, step
    assert set(LIVE) | {"held", "exiting", "exited", "lost"} == set(PIPELINE.states)


def test_a_paper_asked_for_at_one_stage_is_asked_for_at_every_later_one():
    everything = [asked.code for asked in REQUIRED]
    for asked in REQUIRED:
        held = [code for code in everything if code != asked.code]
        for event in ORDER:
            missing = asked.code in {gap.code for gap in evidence_gaps(event, held)}
            assert missing == (ORDER.index(event) >= ORDER.index(asked.event))
    assert all(asked.zh and asked.en for asked in REQUIRED)


def test_each_way_out_is_proved_by_its_own_paper():
    for path in EXITS:
        others = [EXIT_PREFIX + other.code for other in EXITS if other != path]
        assert exit_gap(path.code, others) == path and exit_gap(path.code, [EXIT_PREFIX + path.code]) is None
        assert path.zh and path.en


@pytest.mark.parametrize(
    ("change", "code", "status"),
    [
        ({"owners": ()}, "title_chain", "unknown"),
        ({"burdens": frozenset({"ownership_dispute"})}, "title_chain", "fail"),
        ({"owners": ("A", "B")}, "title_share", "unknown"),
        ({"burdens": frozenset({"pledged"})}, "no_pledge", "fail"),
        ({"burdens": frozenset({"exclusive_license"})}, "no_exclusive", "fail"),
        ({"status": "lapsed"}, "in_force", "fail"),
        ({"status": ""}, "in_force", "unknown"),
        ({"granted": False}, "in_force", "fail"),
        ({"expires_on": None}, "life", "unknown"),
        ({"expires_on": dt.date(2031, 11, 24)}, "life", "fail"),
        ({"burdens": frozenset({"under_invalidation"})}, "no_invalidation", "fail"),
        ({"valued_on": dt.date(2025, 11, 1)}, "opinion", "unknown"),
        ({"valued_on": dt.date(2025, 11, 24)}, "opinion", "pass"),
        ({"valued_on": dt.date(2025, 11, 23)}, "opinion", "unknown"),
        ({"valued_on": dt.date(2026, 1, 1)}, "comparables", "unknown"),
        ({"valued_on": dt.date(2026, 1, 1), "compared": True}, "comparables", "pass"),
        ({"valued_on": dt.date(2025, 1, 1), "compared": True}, "comparables", "unknown"),
        ({}, "litigation", "unknown"),
        ({"burdens": frozenset({"litigation"})}, "litigation", "fail"),
        ({}, "peers", "unknown"),
        ({"peers": (Peer(indicator="fwd_cits5", percentile=90.0, n=120),)}, "peers", "pass"),
        ({}, "family", "unknown"),
        ({"family_owners": (frozenset({"A"}), frozenset())}, "family", "pass"),
        ({"family_owners": (frozenset({"A"}), frozenset({"B"}))}, "family", "fail"),
        ({"family_owners": (frozenset({"A"}),), "owners": ()}, "family", "unknown"),
    ],
)
def test_what_the_record_does_not_say_is_unknown_and_what_it_says_against_is_a_failure(change, code, status):
    until = dt.date(2031, 11, 24)
    assert answers(PatentFacts(**(CLEAN | change)), needed_until=until, day=DAY, opinion_months=12)[code] == status
    assert answers(PatentFacts(**CLEAN), needed_until=until, day=DAY, opinion_months=12)["life"] == "pass"


def test_a_mandatory_item_that_failed_is_unknown_or_has_expired_keeps_the_gate_shut():
    for question in QUESTIONS:
        for status, expires_on, shuts in (
            ("pass", None, False),
            ("waived", DAY, False),
            ("pass", DAY - dt.timedelta(days=1), True),
            ("fail", None, True),
            ("unknown", None, True),
        ):
            gaps = diligence_gaps([("K", question.code, status, expires_on)], day=DAY)
            assert bool(gaps) == (shuts and question.mandatory), (question.code, status)


def charter(*, threshold="2/3", quorum="2/3", leaves=True, strict=False, vetoes=("government",), base="entitled"):
    rule = MatterRule(threshold=Fraction(threshold), strict=strict, vetoes=vetoes, base=base)
    return Charter(quorum=Fraction(quorum), free_least=Fraction(1, 2), recusal_leaves=leaves, matters={"investment": rule})


MEMBERS = ["A", "B", "C", "D", "E"]


def result(votes, *, recused=(), **terms):
    ballots = [Ballot(member=member, vote=vote) for member, vote in votes.items()]
    return decide(charter(**terms), "investment", members=MEMBERS, recused=list(recused), ballots=ballots)


def test_quorum_comes_before_the_majority_and_conflicts_before_both():
    assert result(dict.fromkeys("ABC", "for")).reason == "quorum_not_met"
    assert result({"A": "for", "B": "for", "C": "against", "D": "against"}).reason == "majority_not_met"
    assert result(dict.fromkeys("ABCD", "for")).passed
    assert result(dict.fromkeys("AB", "for"), recused="CDE").reason == "committee_conflicted"


def test_recusal_moves_the_denominator_only_where_the_charter_says_so():
    votes = dict.fromkeys("ABC", "for")
    leaves, stays = (result(votes, recused="DE", leaves=kept, quorum="1/2") for kept in (True, False))
    assert (leaves.passed, leaves.count.base) == (True, 3)
    assert (stays.passed, stays.count.base, stays.reason) == (False, 5, "majority_not_met")


def test_four_of_five_and_more_than_half_are_different_rules():
    assert result(dict.fromkeys("ABCD", "for"), threshold="4/5").passed
    assert not result({**dict.fromkeys("ABC", "for"), "D": "against"}, threshold="4/5").passed
    even = {"A": "for", "B": "for", "C": "against", "D": "against"}
    four = decide(
        charter(threshold="1/2", strict=True),
        "investment",
        members=list("ABCD"),
        recused=[],
        ballots=[Ballot(member=m, vote=v) for m, v in even.items()],
    )
    assert four.reason == "majority_not_met"


def test_a_veto_stops_a_majority_but_not_of_a_recused_member():
    ballots = [Ballot(member=member, vote="for") for member in "ABCD"] + [Ballot(member="E", vote="against", veto="compliance")]
    told = decide(charter(), "investment", members=MEMBERS, recused=[], ballots=ballots)
    assert (told.reason, told.vetoed_by) == ("committee_vetoed", ("E",))
    assert decide(charter(), "investment", members=MEMBERS, recused=["E"], ballots=ballots).passed


@given(
    st.dictionaries(st.sampled_from(MEMBERS), st.sampled_from(["for", "against", "abstain"])),
    st.sets(st.sampled_from(MEMBERS)),
    st.randoms(use_true_random=False),
    st.booleans(),
)
def test_the_result_does_not_hang_on_the_order_of_the_ballots_and_more_approval_never_hurts(votes, recused, shuffle, leaves):
    ballots = [Ballot(member=member, vote=vote) for member, vote in votes.items()]
    first = decide(charter(leaves=leaves), "investment", members=MEMBERS, recused=sorted(recused), ballots=ballots)
    shuffle.shuffle(ballots)
    members = list(MEMBERS)
    shuffle.shuffle(members)
    assert decide(charter(leaves=leaves), "investment", members=members, recused=sorted(recused), ballots=ballots) == first
    free = [ballot for ballot in ballots if ballot.member not in recused]
    assert decide(charter(leaves=leaves), "investment", members=MEMBERS, recused=sorted(recused), ballots=free) == first
    more = [Ballot(member=ballot.member, vote="for") for ballot in ballots]
    assert decide(charter(leaves=leaves), "investment", members=MEMBERS, recused=sorted(recused), ballots=more).passed >= first.passed


KINDS = ("member_of_party", "mandate", "proposer", "earlier_vote", "adviser")


def test_every_kind_of_conflict_is_seen_and_no_other():
    for flags in (combo for n in range(len(KINDS) + 1) for combo in combinations(KINDS, n)):
        sitting = Sitting(
            user=1,
            organizations=frozenset({7} if "member_of_party" in flags else {8}),
            bound=frozenset({9} if "mandate" in flags else {10}),
            proposed="proposer" in flags,
            voted_before="earlier_vote" in flags,
            scored="adviser" in flags,
        )
        assert conflicts(sitting, parties=frozenset({7, 9})) == flags


def test_the_name_of_an_inventor_is_a_hint_however_it_is_spaced_and_no_name_is_none():
    member = Sitting(user=1, organizations=frozenset(), names=frozenset({"王 小明"}))
    assert hints(member, inventors=frozenset({"王小明", "李"})) == ("inventor_name",)
    assert hints(member, inventors=frozenset({"王小"})) == ()
    assert hints(Sitting(user=1, organizations=frozenset(), names=frozenset({""})), inventors=frozenset({""})) == ()


def test_a_written_resolution_counts_who_is_silent_even_where_a_meeting_counts_who_is_present():
    votes = dict.fromkeys("ABC", "for") | {"D": "against"}
    base = charter(threshold="3/4", quorum="1/2", base="present")
    ballots = [Ballot(member=member, vote=vote) for member, vote in votes.items()]
    meeting, written = (decide(base, "investment", members=MEMBERS, recused=[], ballots=ballots, written=form) for form in (False, True))
    assert (meeting.passed, meeting.count.base) == (True, 4)
    assert (written.passed, written.count.base, written.reason) == (False, 5, "majority_not_met")


@pytest.mark.parametrize(
    ("now", "share", "large"), [(110, "1/10", False), (111, "1/10", True), (90, "1/10", False), (89, "1/10", True), (100, "0", False)]
)
def test_a_price_that_moved_either_way_beyond_the_share_is_another_case(now, share, large):
    assert material(100, now, Fraction(share)) == large


def test_a_committee_of_one_free_member_of_three_is_too_conflicted():
    assert too_conflicted(charter(), members=3, recused=2)
    assert not too_conflicted(charter(), members=3, recused=1)
    assert too_conflicted(charter(), members=0, recused=0)

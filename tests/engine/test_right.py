"""Rights of three offices, worked through by hand: status, term, fees, burdens, owners, states, and what is unknown."""

import datetime as dt
from dataclasses import replace

import pytest

from langqiao import rules
from langqiao.engine.operations.check import check
from langqiao.engine.operations.encumbrance import Plan
from langqiao.engine.patents.event import RightEvent
from langqiao.engine.patents.facts import FeeRecord, Payment, RightFacts
from langqiao.engine.patents.report import report
from langqiao.engine.patents.right import RightView, replay, standing
from langqiao.rules.words import word, words

D = dt.date.fromisoformat
TODAY = D("2026-06-30")
PARAMETERS = rules.parameters()
CN = RightFacts(
    office="CN", number="102357243", kind="B", patent_type="invention", filing_date=D("2011-11-02"), grant_date=D("2013-01-30"),
    owners=("甲公司",), owners_told_on=D("2013-01-30"),
)  # fmt: skip
US = RightFacts(
    office="US", number="9648662", kind="B2", patent_type="invention", filing_date=D("2011-06-23"), grant_date=D("2017-05-09"),
    earliest_filing_date=D("2011-06-23"), adjustment_days=0,
)  # fmt: skip
EP = RightFacts(
    office="EP", number="1000000", kind="B1", patent_type="invention", filing_date=D("2009-11-08"), grant_date=D("2013-02-12"),
    designated_states=("DE", "FR", "GB"),
)  # fmt: skip


def event(kind: str, on: str = "", told: str = "", **more) -> RightEvent:
    return RightEvent(
        **{"id": f"{kind}{on}{told}{more}", "kind": kind, "on": D(on) if on else None, "announced_on": D(told) if told else None} | more
    )


def view(facts: RightFacts, *events: RightEvent, as_of: dt.date = TODAY, on: dt.date | None = None) -> RightView:
    return replay(facts, events, as_of=as_of, on=on, parameters=PARAMETERS)


def states(seen: RightView) -> list[tuple[str, str | None]]:
    return [(phase.state, phase.start and phase.start.isoformat()) for phase in seen.timeline.phases]


def test_the_life_of_a_chinese_patent_from_filing_to_lapse():
    events = (
        event("PUBLICATION", told="2012-02-15", code="PB01"),
        event("EXAMINATION", told="2012-03-28", code="SE01"),
        event("GRANT", told="2013-01-30", code="GR01"),
        event("LAPSE", on="2013-11-02", told="2014-12-24", code="CF01"),
    )
    seen = view(CN, *events)
    assert states(seen) == [
        ("filed", "2011-11-02"), ("published", "2012-02-15"), ("examined", "2012-03-28"), ("in_force", "2013-01-30"),
        ("lapsed", "2013-11-02"), ("expired", None),
    ][:5]  # fmt: skip
    assert seen.status == "lapsed"
    assert [found.code for found in seen.phase.evidence] == ["CF01"]
    assert seen.certain
    before = view(CN, *events, as_of=D("2014-12-23"))  # nobody could know yet
    assert before.status == "in_force"
    assert view(CN, *events, on=D("2013-11-01")).status == "in_force"


def test_without_payments_grace_cannot_be_told_and_the_answer_says_so():
    seen = view(CN)
    assert seen.status == "in_force"
    assert seen.unknown == ("fee_payments", "after_last_event")
    assert seen.upkeep.next_fee.year == 16  # due 2026-11-02
    assert seen.upkeep.next_fee.due_date == D("2026-11-02")
    assert seen.upkeep.next_fee.full_fee_fen == 800_000


def test_with_the_holders_record_of_payments_the_fees_are_known():
    paid = tuple(Payment(year=year, paid_on=D(f"{2010 + year}-10-20")) for year in range(3, 16))
    seen = view(replace(CN, fees=FeeRecord(payments=paid, complete_to=TODAY)))
    assert seen.unknown == ("after_last_event",)
    assert seen.upkeep.paid_through == 15
    short = view(replace(CN, fees=FeeRecord(payments=paid[:-1], complete_to=TODAY)))
    assert (short.status, short.phase.start) == ("lapsed", D("2025-11-02"))
    assert [found.derived for found in short.phase.evidence] == [True]


def test_a_period_that_ends_on_a_holiday_ends_on_the_next_working_day():
    facts = replace(CN, filing_date=D("2020-10-01"), grant_date=D("2022-01-05"))
    fee = view(facts, on=D("2024-09-01"), as_of=D("2024-09-01")).upkeep.next_fee
    assert (fee.due_date, fee.in_time_to) == (D("2024-10-01"), D("2024-10-08"))  # National Day week
    assert fee.grace_end == D("2025-04-01")
    paid = (Payment(year=3, paid_on=D("2022-09-01")), Payment(year=4, paid_on=D("2023-09-01")))
    for day, state in (("2024-10-08", "in_force"), ("2024-10-09", "grace")):
        record = FeeRecord(payments=paid, complete_to=D(day))
        assert view(replace(facts, fees=record), as_of=D(day)).phase.state == state


def test_a_partial_record_of_payments_leaves_the_untold_years_unknown():
    told = event("FEE_PAID", told="2025-10-20", year=15)
    assert view(CN, told).unknown == ("after_last_event",)
    assert "fee_payments" in view(CN, event("FEE_PAID", told="2024-10-20", year=14)).unknown


def test_a_lapse_announced_without_its_day_says_that_the_day_is_unknown():
    seen = view(CN, event("LAPSE", told="2014-12-24", code="CF01"))
    assert (seen.status, seen.phase.start, seen.unknown) == ("lapsed", D("2014-12-24"), ("end_day",))


def test_an_expiry_announced_later_took_effect_at_the_end_of_the_term():
    facts = replace(CN, filing_date=D("2001-03-05"), grant_date=D("2004-01-01"))
    seen = view(facts, event("EXPIRY", told="2021-04-02", code="CX01"))
    assert (seen.phase.state, seen.phase.start) == ("expired", D("2021-03-05"))
    assert [found.code for found in seen.phase.evidence] == ["CX01"]
    assert states(view(facts))[-1] == ("expired", "2021-03-05")  # by the calendar alone


def test_an_event_after_the_end_contradicts_it_and_is_named():
    facts = replace(CN, filing_date=D("2001-03-05"), grant_date=D("2004-01-01"))
    seen = view(facts, event("LAPSE", on="2022-03-05", told="2023-01-01", code="CF01"))
    assert seen.status == "expired"
    assert [problem.code for problem in seen.problems] == ["event_contradicts_status"]
    assert "LAPSE (CF01) of 2022-03-05 cannot follow the status expired" in seen.problems[0].message


def test_an_event_told_twice_is_one_more_witness():
    seen = view(CN, event("LAPSE", on="2013-11-02", told="2014-12-24", code="CF01"), event("LAPSE", told="2015-01-07", code="C17"))
    assert [found.code for found in seen.phase.evidence] == ["CF01", "C17"]
    assert seen.problems == ()


def test_whole_invalidity_needs_no_date_to_void_the_right():
    seen = view(CN, event("INVALIDATION", code="IW01"))
    assert states(seen) == [("filed", "2011-11-02"), ("invalidated", "2013-01-30")]
    other = view(CN, event("ABANDONMENT", code="AV01"))
    assert (other.status, "undated_events" in other.unknown) == ("in_force", True)


def test_the_grant_is_of_the_day_the_granted_document_says():
    seen = view(US, event("GRANT", told="2017-04-19"))
    assert seen.phase.start == D("2017-05-09")


def test_a_pledge_runs_from_its_registration_to_its_cancellation_by_number():
    events = (
        event("PLEDGE", on="2023-09-26", told="2023-10-17", effect="open", to_parties=("某银行",), reference="Y1"),
        event("PLEDGE", on="2024-09-20", told="2024-10-15", effect="close", reference="Y1"),
        event("PLEDGE", on="2024-09-25", told="2024-10-18", effect="open", to_parties=("某银行",), reference="Y2"),
    )
    seen = view(CN, *events)
    assert [(o.kind, o.reference, o.since, o.until) for o in seen.all_overlays] == [
        ("pledged", "Y1", D("2023-09-26"), D("2024-09-20")),
        ("pledged", "Y2", D("2024-09-25"), None),
    ]
    assert [o.reference for o in seen.overlays] == ["Y2"]
    answer = check(standing(seen), Plan(operation="assign", on=TODAY))
    assert answer.codes == ("pledgee_consent_missing",)
    assert check(standing(view(CN, *events, on=D("2024-09-22"))), Plan(operation="assign", on=D("2024-09-22"))).allowed


def test_a_cancellation_that_fits_two_pledges_makes_both_uncertain():
    events = [event("PLEDGE", told=f"2023-0{n}-01", effect="open", to_parties=("某银行",)) for n in (1, 2)]
    seen = view(CN, *events, event("PLEDGE", told="2024-01-01", effect="close"))
    assert [overlay.certain for overlay in seen.overlays] == [False, False]
    assert [problem.code for problem in seen.problems] == ["unmatched_event"]


def test_a_pledge_is_amended_in_place():
    opened = event("PLEDGE", told="2023-01-01", effect="open", to_parties=("甲银行",), reference="Y1")
    amended = event("PLEDGE", told="2023-06-01", effect="amend", to_parties=("乙银行",), reference="Y1", until=D("2030-01-01"))
    overlay = view(CN, opened, amended).overlays[0]
    assert (overlay.holder, overlay.until, len(overlay.evidence)) == ("乙银行", D("2030-01-01"), 2)


def test_i27_a_license_whose_kind_is_not_stated_is_ordinary_and_marked_so():
    overlay = view(CN, event("LICENSE", told="2020-01-01", effect="open", to_parties=("乙",))).overlays[0]
    assert (overlay.license_kind, overlay.kind_stated) == ("ordinary", False)
    stated = view(CN, event("LICENSE", told="2020-01-01", effect="open", license_kind="exclusive")).overlays[0]
    assert (stated.license_kind, stated.kind_stated) == ("exclusive", True)


def test_a_suspension_for_an_ownership_dispute_ends_after_a_year_unless_extended():
    asked = event("SUSPENSION", on="2025-03-01", told="2025-03-10", effect="open")
    assert [o.kind for o in view(CN, asked, on=D("2026-02-28")).overlays] == ["suspended"]
    assert view(CN, asked, on=D("2026-03-01")).overlays == ()
    preserved = event("PRESERVATION", on="2020-01-01", told="2020-02-01", effect="open")
    assert [o.kind for o in view(CN, preserved).overlays] == ["preserved"]  # until a discharge is told


def test_a_decision_on_invalidity_ends_the_request_it_decides():
    asked = event("INVALIDATION_REQUEST", told="2024-01-01", effect="open")
    decided = event("PARTIAL_INVALIDATION", told="2024-09-01", code="IP01")
    assert [o.kind for o in view(CN, asked).overlays] == ["under_invalidation"]
    seen = view(CN, asked, decided)
    assert (seen.overlays, seen.status) == ((), "in_force")
    assert decided in seen.phase.evidence


def test_a_security_interest_is_released_by_the_reel_and_frame_it_cites():
    events = (
        event("LIEN", told="2018-01-01", effect="open", to_parties=("BANK",), reference="45000/1"),
        event("LIEN", told="2019-01-01", effect="open", to_parties=("BANK",), reference="48000/7"),
        event("LIEN", told="2020-01-01", effect="close", reference="45000/1"),
    )
    assert [(o.kind, o.reference) for o in view(US, *events).overlays] == [("lien", "48000/7")]


def test_owners_follow_the_registered_transfers():
    events = (
        event("TRANSFER_APPLICATION", on="2012-06-01", told="2012-07-01", from_parties=("乙大学",), to_parties=("甲公司",)),
        event("TRANSFER", on="2020-05-08", told="2020-05-26", from_parties=("甲公司",), to_parties=("丙公司", "丁公司")),
        event("NAME_CHANGE", told="2022-01-01", from_parties=("丙公司",), to_parties=("丙集团",)),
        event("TRANSFER", on="2024-02-02", told="2024-02-20", from_parties=("丁公司",), to_parties=("戊公司",)),
    )

    def owners(day: str) -> tuple[str, ...]:
        return view(CN, *events, on=D(day)).ownership.owners

    assert owners("2020-05-07") == ("甲公司",)
    assert owners("2020-05-08") == ("丙公司", "丁公司")
    assert owners("2023-01-01") == ("丁公司", "丙集团")
    assert owners("2026-01-01") == ("丙集团", "戊公司")
    assert view(CN, *events).problems == ()
    assert check(standing(view(CN, *events)), Plan(operation="pledge", on=TODAY)).codes == ("co_owner_consent_missing",)


def test_a_transfer_by_a_stranger_is_followed_and_named_as_a_gap():
    seen = view(CN, event("TRANSFER", told="2020-01-01", from_parties=("别的公司",), to_parties=("丙公司",)))
    assert seen.ownership.owners == ("丙公司",)
    assert [problem.code for problem in seen.problems] == ["owner_chain_gap"]


def test_spellings_that_differ_in_blanks_and_dots_are_one_owner():
    facts = replace(CN, owners=("Acme Co., Ltd.",))
    seen = view(facts, event("TRANSFER", told="2020-01-01", from_parties=("ACME CO LTD",), to_parties=("丙公司",)))
    assert (seen.ownership.owners, seen.problems) == (("丙公司",), ())


def test_the_same_day_invention_ends_the_utility_model_and_bars_a_pledge_before():
    model = replace(CN, patent_type="utility_model", filing_date=D("2020-01-10"), grant_date=D("2020-09-01"), same_day_invention="CN1")
    assert check(standing(view(model)), Plan(operation="pledge", on=TODAY)).codes == ("same_day_invention_unconfirmed",)
    ended = view(model, event("SAME_DAY_GRANT", on="2023-05-05", told="2023-05-05"))
    assert (ended.phase.state, ended.phase.start) == ("abandoned", D("2023-05-05"))
    assert ended.granted


def test_a_dead_application_was_never_granted():
    facts = replace(CN, grant_date=None)
    seen = view(facts, event("PUBLICATION", told="2012-02-15"), event("DEEMED_WITHDRAWN", told="2014-01-01", code="WD01"))
    assert (seen.phase.state, seen.status, seen.granted) == ("withdrawn", "abandoned", False)
    assert view(facts, event("DEEMED_WITHDRAWN", told="2014-01-01"), event("RESTORATION", told="2014-06-01")).status == "pending"
    assert check(standing(seen), Plan(operation="pledge", on=TODAY)).codes == ("right_not_in_force",)


@pytest.mark.parametrize(
    ("more", "end", "unknown"),
    [
        ({}, "2031-06-23", ()),
        ({"adjustment_days": 100}, "2031-10-01", ()),
        ({"adjustment_days": None}, "2031-06-23", ("term_adjustment_days",)),
        ({"earliest_filing_date": D("2009-01-02")}, "2029-01-02", ()),
        ({"has_undated_parent": True}, "2031-06-23", ("undated_parent_application",)),
        ({"terminal_disclaimer": True}, "2031-06-23", ("terminal_disclaimer_end",)),
        # before the law of 1995: the later of seventeen years from grant and twenty from filing
        ({"filing_date": D("1994-01-10"), "earliest_filing_date": None, "grant_date": D("1998-05-05")}, "2015-05-05", ()),
        ({"filing_date": D("1994-01-10"), "earliest_filing_date": None, "grant_date": D("1996-05-05")}, "2014-01-10", ()),
        # ended under the old law before the new one came: twenty years from filing were no help
        ({"filing_date": D("1974-01-10"), "earliest_filing_date": None, "grant_date": D("1976-01-06")}, "1993-01-06", ()),
        ({"filing_date": None, "earliest_filing_date": None, "grant_date": D("1976-01-06")}, "1993-01-06", ()),
        ({"filing_date": None, "earliest_filing_date": None, "grant_date": D("1990-01-02")}, "2007-01-02", ("filing_date",)),
        ({"filing_date": None, "earliest_filing_date": None}, None, ("filing_date",)),
        ({"patent_type": "design"}, "2031-05-09", ()),  # filed before 2015-05-13: fourteen years from grant
        ({"patent_type": "design", "filing_date": D("2016-01-01")}, "2032-05-09", ()),
        ({"patent_type": "design", "printed_term_years": 7}, "2024-05-09", ()),
        ({"patent_type": "plant"}, "2031-06-23", ()),
        ({"patent_type": "reissue"}, None, ("term_of_the_original",)),
    ],
)
def test_the_term_of_a_us_patent(more, end, unknown):
    facts = replace(US, **{"adjustment_days": None if "filing_date" in more else US.adjustment_days} | more)
    term = view(facts).term
    assert (term.end and term.end.isoformat(), term.unknown) == (end, unknown)


def test_a_us_patent_ends_at_the_anniversary_when_its_maintenance_fee_stays_unpaid():
    record = FeeRecord(payments=(Payment(year=4, paid_on=D("2020-10-20")),), complete_to=TODAY)
    seen = view(replace(US, fees=record))
    # 7.5 years end on 2024-11-09, eight on 2025-05-09: in grace between them, ended at the end of it
    assert states(seen)[-2:] == [("grace", "2024-11-10"), ("lapsed", "2025-05-09")]
    assert seen.timeline.on(D("2024-11-09")).state == "in_force"


def test_a_us_design_asks_no_fees():
    seen = view(replace(US, patent_type="design"))
    assert (seen.upkeep.asked, seen.upkeep.next_fee, seen.unknown) == (False, None, ("after_last_event",))


def test_a_statutory_invention_registration_gives_no_right():
    seen = view(replace(US, patent_type="sir"))
    assert (seen.phase.state, seen.status, seen.granted) == ("withdrawn", "abandoned", False)


def test_chinese_rules_do_not_cover_a_us_right():
    assert check(standing(view(US)), Plan(operation="pledge", on=TODAY)).codes == ("office_not_covered",)


def test_a_european_patent_is_a_bundle_of_national_rights():
    events = (
        event("LAPSE_STATE", on="2014-05-13", told="2015-01-01", territories=("FR",)),
        event("FEE_PAID", told="2025-11-20", territories=("DE",), year=16),
    )
    seen = view(EP, *events)
    assert [(t.territory, t.fate, t.paid_through) for t in seen.territories] == [
        ("DE", "in_force", 16), ("FR", "lapsed", None), ("GB", "designated", None),
    ]  # fmt: skip
    assert seen.status == "in_force"
    assert "national_rights" in seen.unknown


def test_a_european_patent_that_ended_in_every_state_has_ended_with_the_last():
    ended = [
        event("LAPSE_STATE", on=day, told="2020-01-01", territories=(state,))
        for state, day in (("DE", "2018-11-08"), ("FR", "2016-11-08"), ("GB", "2015-11-08"))
    ]
    seen = view(EP, *ended)
    assert (seen.status, seen.phase.start) == ("lapsed", D("2018-11-08"))
    back = event("RESTORATION_STATE", on="2019-02-01", told="2020-03-01", territories=("DE",))
    assert view(EP, *ended, back).status == "in_force"


def test_an_opposition_pends_until_it_is_rejected_and_revocation_voids_the_patent():
    filed = event("OPPOSITION", told="2013-11-01", effect="open", to_parties=("OPPONENT",))
    rejected = event("OPPOSITION", told="2016-03-01", effect="close")
    assert [o.kind for o in view(EP, filed).overlays] == ["opposition"]
    assert view(EP, filed, rejected).overlays == ()
    assert view(EP, rejected).problems == ()  # "no opposition filed" closes nothing
    assert states(view(EP, filed, event("REVOCATION", told="2016-03-01")))[-1] == ("invalidated", "2013-02-12")


def test_the_states_of_a_european_patent_expire_with_its_term():
    old = replace(EP, filing_date=D("1999-11-08"), grant_date=D("2003-02-12"))
    assert {t.fate for t in view(old).territories} == {"expired"}


def test_a_right_of_an_office_without_rules_follows_its_events_and_says_so():
    facts = RightFacts(office="CA", number="1", patent_type="invention", filing_date=D("2009-01-01"))
    seen = view(facts, event("LAPSE", told="2017-06-23", code="FZDE"))
    assert (seen.phase.state, seen.term.end) == ("withdrawn", None)
    assert "office_rules_not_held" in seen.unknown


def test_the_report_is_json_and_every_code_in_it_has_its_word():
    seen = view(
        EP,
        event("LAPSE_STATE", on="2014-05-13", told="2015-01-01", territories=("FR",)),
        event("OPPOSITION", told="2013-11-01", effect="open"),
    )
    told = report(seen)
    assert told["evidence"][0]["kind"] == "GRANT"
    for language in ("zh", "en"):
        assert word("state", told["state"], language)
        assert all(word("unknown", code, language) for code in told["unknown"])
        assert all(word("fate", state["fate"], language) for state in told["territories"])
        assert all(word("overlay", burden["kind"], language) for burden in told["encumbrances"])


def test_every_word_is_there_in_both_languages():
    for group in words().values():
        for text in group.values():
            assert set(text) == {"zh", "en"}
            assert all(text.values())

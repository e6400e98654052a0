"""The operational record: effects of deals, standing and owners on a day, shares, conflicts, and what was known when."""

import datetime as dt
from fractions import Fraction

import pytest
from django.db import DatabaseError, transaction
from django.db.transaction import TransactionManagementError
from django.urls import reverse

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.operations.encumbrance import Encumbrance
from langqiao.engine.operations.outcome import Effect
from langqiao.engine.operations.scope import Scope
from langqiao.engine.patents.event import RightEvent
from langqiao.engine.patents.facts import RightFacts
from langqiao.web.audit.models import Record
from langqiao.web.rights.models import Entry, HoldingOwner
from langqiao.web.rights.replay import Line
from langqiao.web.rights.selectors import held_from, held_on, holding_of, owner_name_of, owners_for, standing_for
from langqiao.web.rights.services import effects_apply
from tests.web.routes.who import KEY

pytestmark = [pytest.mark.django_db, pytest.mark.books, pytest.mark.usefixtures("facts_lake")]
DAY = dt.date(2026, 3, 2)
LATER = dt.date(2026, 9, 1)
DEAL = "8c0f6f6e-0000-4000-8000-000000000001"


def license_effect(kind="exclusive", *, on=DAY, deal=DEAL, scope=None, holder="Licensee", **more):
    burden = Encumbrance(kind=f"{kind}_license", scope=scope or Scope(start=on), holder=holder, reference=deal)
    return Effect(patent=KEY, kind="burden_added", on=on, party=holder, burden=burden, reference=deal, **more)


def apply(*effects, deal=DEAL, by=None):
    with transaction.atomic():
        return effects_apply(effects, deal=deal, by=by)


def kinds(day=LATER):
    return [burden.kind for burden in standing_for(KEY, day).encumbrances]


def test_a_right_without_entries_stands_as_the_lake_tells_it():
    standing = standing_for(KEY, DAY)
    assert standing.office == "CN" and standing.granted and standing.owners
    assert [owner.name for owner in owners_for(KEY, DAY)] == list(standing.owners)
    assert {owner.share for owner in owners_for(KEY, DAY)} == {None}


def test_a_key_that_the_lake_does_not_hold_is_refused():
    with pytest.raises(Refusal, match="CN-1-A") as refused:
        standing_for("CN-1-A", DAY)
    assert refused.value.code == "not_a_patent"


@pytest.mark.django_db(transaction=True)
def test_effects_are_written_inside_a_transaction_only():
    with pytest.raises(TransactionManagementError):
        effects_apply([license_effect()], deal=DEAL, by=None)


def test_a_license_burdens_the_right_from_its_day_and_with_its_scope():
    apply(license_effect(scope=Scope(territories=frozenset({"CN-44"}), start=DAY, end=LATER)))
    found = standing_for(KEY, DAY).encumbrances[-1]
    assert (found.kind, found.holder, found.scope.territories) == ("exclusive_license", "Licensee", frozenset({"CN-44"}))
    assert "exclusive_license" not in kinds(DAY - dt.timedelta(days=1)) and "exclusive_license" not in kinds(LATER)


def test_the_same_effect_of_the_same_deal_is_written_once():
    assert len(apply(license_effect())) == 1
    assert apply(license_effect()) == []
    assert Entry.objects.count() == 1


def test_every_publication_of_an_application_leads_to_one_holding():
    apply(license_effect())
    assert holding_of(KEY).key == KEY


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [
        ("exclusive", "ordinary", "overlaps_exclusive_license"),
        ("exclusive", "exclusive", "overlaps_exclusive_license"),
        ("sole", "ordinary", "overlaps_sole_license"),
        ("ordinary", "exclusive", "overlaps_existing_license"),
    ],
)
def test_a_license_that_cannot_lie_beside_another_is_refused_under_the_lock(first, second, code):
    apply(license_effect(first))
    with pytest.raises(Refusal) as refused:
        apply(license_effect(second, deal="other"), deal="other")
    assert refused.value.code == code and refused.value.article
    assert Entry.objects.count() == 1


def test_licenses_of_different_territories_lie_side_by_side():
    for territory in ("CN-44", "CN-32"):
        apply(license_effect(deal=territory, scope=Scope(territories=frozenset({territory}))), deal=territory)
    assert kinds() == ["exclusive_license"] * 2


def test_a_sub_license_lies_within_its_head_license():
    apply(license_effect())
    apply(license_effect("ordinary", deal="sub", under=DEAL), deal="sub")
    assert kinds() == ["exclusive_license", "ordinary_license"]


def test_one_ordinary_license_may_stand_for_the_practice_of_a_sole_licensor():
    apply(license_effect("sole"))
    apply(license_effect("ordinary", deal="own", own_practice=True), deal="own")
    assert kinds() == ["sole_license", "ordinary_license"]


def pledge_effect(kind="burden_added", *, on=DAY, deal=DEAL):
    burden = Encumbrance(kind="pledged", holder="Bank", reference=deal)
    return Effect(patent=KEY, kind=kind, on=on, party="Bank", burden=burden, reference=f"Y2026{kind[7:]}")


def test_a_second_pledge_is_refused_until_the_first_is_released():
    apply(pledge_effect())
    with pytest.raises(Refusal) as refused:
        apply(pledge_effect(deal="second"), deal="second")
    assert refused.value.code == "already_pledged"
    apply(pledge_effect("burden_removed", on=LATER))
    assert "pledged" in kinds(LATER - dt.timedelta(days=1)) and "pledged" not in kinds(LATER)
    apply(pledge_effect(on=LATER, deal="second"), deal="second")
    assert "pledged" in kinds(LATER)


def test_a_burden_that_is_not_there_cannot_be_removed():
    with pytest.raises(Refusal) as refused:
        apply(pledge_effect("burden_removed"))
    assert refused.value.code == "burden_not_found"


def test_an_assignment_changes_the_owner_from_its_registration_and_ends_the_statement_of_open_license(people):
    burden = Encumbrance(kind="open_license", reference="OL1")
    apply(Effect(patent=KEY, kind="burden_added", on=DAY, burden=burden, reference="OL1"), deal="statement")
    apply(Effect(patent=KEY, kind="owner_changed", on=LATER, party="Second", reference="R1"), by=people["admin"])
    before, after = owners_for(KEY, LATER - dt.timedelta(days=1)), owners_for(KEY, LATER)
    assert before != after and [(owner.name, owner.share) for owner in after] == [("Second", Fraction(1))]
    assert kinds(DAY) == ["open_license"] and kinds(LATER) == []
    assert owner_name_of(people["second"], KEY, LATER) == "Second" and owner_name_of(people["first"], KEY, LATER) is None
    assert HoldingOwner.objects.get().organization == people["second"]


def test_a_buyer_may_be_named_by_the_number_of_its_organization(people):
    apply(Effect(patent=KEY, kind="owner_changed", on=DAY, party=f"organization/{people['first'].pk}", reference="R1"))
    assert [owner.name for owner in owners_for(KEY, DAY)] == ["First"]


def test_a_recordal_stands_with_its_license_and_an_open_license_taken_reduces_the_annuities():
    apply(
        license_effect("ordinary", scope=Scope(start=DAY, end=LATER)),
        Effect(patent=KEY, kind="annuity_reduced", on=DAY, party="Owner", reference=DEAL),
        Effect(patent=KEY, kind="recorded", on=dt.date(2026, 4, 1), party="Licensee", reference="X2026"),
    )
    state = held_on(KEY, dt.date(2026, 5, 1)).state
    assert [(burden.recordal, burden.recorded_on) for burden in state.burdens] == [("X2026", dt.date(2026, 4, 1))]
    assert [(practice.start, practice.end) for practice in state.practiced] == [(DAY, LATER)]


def test_what_was_known_at_a_moment_does_not_change_when_more_is_learned():
    first = apply(license_effect())[0]
    apply(license_effect("ordinary", deal="sub", under=DEAL, on=DAY), deal="sub")
    then = held_on(KEY, LATER, known_at=first.recorded_at)
    assert [burden.kind for burden in then.burdens] == ["exclusive_license"]
    assert [burden.kind for burden in held_on(KEY, LATER).burdens] == ["exclusive_license", "ordinary_license"]


def test_the_database_refuses_to_change_or_delete_an_entry():
    entry = apply(license_effect())[0]
    for change in (
        lambda: Entry.objects.filter(pk=entry.pk).update(on=LATER),
        lambda: Entry.objects.filter(pk=entry.pk)._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            change()


def test_every_entry_stands_in_the_chain_of_the_audit_record(people):
    entry = apply(license_effect(), by=people["admin"])[0]
    record = Record.objects.get(action="right.burden_added")
    assert record.subject == f"right/{KEY}" and f'"entry":{entry.pk}' in record.payload and "Licensee" not in record.payload


class Registered:
    """What a lake would hold of an invention whose pledge the gazette announced and released under one number."""

    key, keys = "CN-1-B", ("CN-1-B",)
    facts = RightFacts(
        office="CN", number="1", patent_type="invention", filing_date=dt.date(2020, 1, 5), grant_date=dt.date(2022, 1, 4), is_granted_document=True
    )  # fmt: skip
    events = (
        RightEvent(id="a", kind="PLEDGE", effect="open", on=DAY, announced_on=DAY, reference="Y2026980001"),
        RightEvent(id="b", kind="PLEDGE", effect="close", on=LATER, announced_on=LATER, reference="Y2026980001"),
    )


def test_a_pledge_told_by_record_and_gazette_under_one_number_is_one_and_ends_when_the_gazette_says_so():
    body = {"burden": "pledged", "holder": "Bank", "reference": DEAL}
    line = Line(id=1, kind="burden_added", on=DAY, at=dt.datetime(2026, 3, 2, tzinfo=dt.UTC), body=body, reference="Y2026980001", deal=DEAL)

    def found(day):
        return [one.holder for one in held_from(Registered, [line], day=day).standing.burdens("pledged")]

    assert found(LATER - dt.timedelta(days=1)) == ["Bank"] and found(LATER) == []


def test_the_pages_of_the_record_ask_the_books_few_questions(client, people, django_assert_max_num_queries):
    for n in range(8):
        apply(license_effect("ordinary", deal=f"d{n}", scope=Scope(territories=frozenset({f"CN-{n}"}))), deal=f"d{n}")
    apply(Effect(patent=KEY, kind="owner_changed", on=DAY, party="First", reference="R1"))
    client.force_login(people["editor"])
    for name, arguments in (("right_record", {"key": KEY}), ("rights", {}), ("annuities", {})):
        client.get(reverse(name, kwargs=arguments))
        with django_assert_max_num_queries(16):
            assert client.get(reverse(name, kwargs=arguments)).status_code == 200


def test_an_event_of_the_record_opens_its_evidence_on_the_patent_page(client):
    apply(Effect(patent=KEY, kind="owner_changed", on=DAY, party="First", reference="R1"))
    entry = Entry.objects.get()
    address = reverse("evidence_of", kwargs={"key": KEY, "topic": "event", "name": f"record:{entry.pk}"})
    assert client.get(address).status_code == 200

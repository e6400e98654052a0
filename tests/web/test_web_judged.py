"""Grade, value and high-value check on the pages of a patent: the tree, the range, what-if figures, and what is refused."""

import html
import re

import pytest

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.valuation.opinion import Opinion
from langqiao.rules.scheme_reader import schemes
from langqiao.web.appraisals.judged import grade_of, opinion_of
from langqiao.web.appraisals.models import RecordedGrade, RecordedOpinion
from langqiao.web.appraisals.services import grade_record, is_intact, is_repeated, opinion_record
from langqiao.web.appraisals.stated import stated_inputs
from langqiao.web.appraisals.tabs import tree_of
from langqiao.web.common.lake import site_lake
from langqiao.web.patents.view import patent_get
from langqiao.web.people.models import Membership, Role

KEY = "CN-102329749-B"
WHAT_IF = "revenues=5000000 5500000&revenues_range=0.7 1.2&royalty=0.02 0.04 0.06&discount=0.12 0.15 0.2&tax=0.15&source=plan"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english(client, facts_lake):
    client.cookies["django_language"] = "en"


@pytest.fixture
def patent(facts_lake):
    return patent_get(site_lake(), KEY)


@pytest.mark.parametrize(("scheme", "scene"), [(code, scene.code) for code, one in schemes().items() for scene in one.scenes])
def test_the_tree_of_a_grade_shows_every_leaf_once_and_each_leaf_opens_its_evidence(client, patent, scheme, scene):
    answer = client.get(f"/patents/{KEY}/grade?scheme={scheme}&scene={scene}")
    grade = answer.context["grade"]
    assert (grade.scheme, grade.scene) == (scheme, scene)
    shown = [row.leaf.code for row in tree_of(grade) if row.leaf]
    assert sorted(shown) == sorted(leaf.code for leaf in grade.leaves) and len(set(shown)) == len(shown)
    marks = set(re.findall(rf'href="(/evidence/{KEY}/grade/[^"]+)"', answer.content.decode()))
    assert len(marks) >= len(shown)
    for mark in marks:
        assert client.get(mark).status_code == 200, mark


def test_a_missing_leaf_is_unknown_with_what_would_supply_it_and_never_zero(client, patent):
    grade = grade_of(patent, "gbt-42748-2023", "")
    missing = next(leaf for leaf in grade.leaves if leaf.score is None)
    page = client.get(f"/patents/{KEY}/grade").content.decode()
    row = re.search(rf"<tr><th[^>]*>{re.escape(missing.title['en'])}.*?</tr>", page, re.DOTALL)[0]
    assert 'class="unknown"' in row and missing.needs["en"] in html.unescape(row)


def test_an_unknown_scheme_or_scene_falls_back_to_the_first_one(client):
    for query in ("scheme=none", "scheme=gbt-42748-2023&scene=none"):
        assert client.get(f"/patents/{KEY}/grade?{query}").context["grade"].scheme == "gbt-42748-2023"


def test_stated_figures_give_a_marked_what_if_and_leave_the_record_alone(client, patent):
    stated = client.get(f"/patents/{KEY}/value?{WHAT_IF}")
    assert "what-if" in stated.content.decode()
    opinion = stated.context["opinion"]
    assert opinion.basis == "relief_from_royalty" and opinion.p10 < opinion.p50 < opinion.p90
    assert {used.source for method in opinion.methods if method.method == "relief_from_royalty" for used in method.inputs} == {"plan"}
    plain = client.get(f"/patents/{KEY}/value")
    assert "what-if:" not in plain.content.decode()


@pytest.mark.parametrize("query", ["royalty=,", "royalty=abc", "revenues=-5", "tax=7", "discount=0.2 0.1 0.05", "revenues=" + "1 " * 300])
def test_a_wrong_figure_is_told_and_breaks_nothing(client, query):
    answer = client.get(f"/patents/{KEY}/value?{query}")
    assert answer.status_code == 200
    assert answer.context.get("input_error") or answer.context.get("refusal") or answer.context["opinion"] is not None


def test_nothing_stated_asks_for_the_record_alone():
    from django.http import QueryDict

    fields, inputs = stated_inputs(QueryDict("source=x"))
    assert inputs == {} and len(fields) == 6


def test_the_marks_of_value_and_high_value_open(client):
    for tab in ("value", "high-value"):
        marks = set(re.findall(r'href="(/evidence/[^"]+)"', client.get(f"/patents/{KEY}/{tab}").content.decode()))
        assert marks
        for mark in marks:
            assert client.get(mark).status_code == 200, mark


def test_a_grade_is_recorded_as_computed_and_repeats_to_the_last_byte(people, patent):
    editor = Membership.objects.get(user=people[Role.EDITOR])
    record = grade_record(membership=editor, patent=patent, scheme="gbt-42748-2023", scene="finance", by=people[Role.EDITOR])
    found = RecordedGrade.objects.get(pk=record.pk)
    assert found.scheme_version == schemes()["gbt-42748-2023"].version and found.scene == "finance"
    assert is_intact(found) and is_repeated(found, patent) is True
    found.body = found.body.replace('"scene":"finance"', '"scene":"license"')
    assert not is_intact(found)


def test_a_reader_records_nothing_and_a_refused_opinion_is_refused_again(people, patent):
    reader = Membership.objects.get(user=people[Role.READER])
    with pytest.raises(Refusal):
        grade_record(membership=reader, patent=patent, scheme="gbt-42748-2023", scene="", by=people[Role.READER])
    editor = Membership.objects.get(user=people[Role.EDITOR])
    if isinstance(opinion_of(patent), Opinion):
        record = opinion_record(membership=editor, patent=patent, by=people[Role.EDITOR])
        assert is_intact(record) and is_repeated(record, patent) is True
    else:
        with pytest.raises(Refusal):
            opinion_record(membership=editor, patent=patent, by=people[Role.EDITOR])
        assert not RecordedOpinion.objects.exists()

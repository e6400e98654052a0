"""Contracts drafted from terms: every kind in both languages, what is missing, what may not be left out, what may not be said."""

import re

import pytest

from langqiao.engine.contracts.check import OwnClause, check, forbidden_in, missing
from langqiao.engine.contracts.compare import changes, pieces
from langqiao.engine.contracts.draft import PLACE, Table, draft
from langqiao.engine.kernel.refusal import Refusal
from langqiao.rules.clause_reader import contracts
from langqiao.rules.refusals import cite, refusals
from tests.contract_terms import terms_of

KINDS = sorted(contracts())
TECHNOLOGY = contracts()["license_contract"]


def of(kind, **changes):
    return terms_of(kind, contracts()[kind].sides, **changes)


def own(text):
    return [OwnClause(heading={"zh": "特别约定"}, text={"zh": text, "en": text})]


def texts(made):
    return [part for section in made.sections for part in section.parts if isinstance(part, str)]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_complete_contract_is_drafted_with_every_place_filled(kind, language):
    made = draft(contracts()[kind], of(kind), language=language)
    assert [section.number for section in made.sections] == list(range(1, len(made.sections) + 1))
    assert all(section.parts for section in made.sections)
    assert not any(PLACE.search(text) or "____" in text or "＿＿" in text for text in texts(made))


@pytest.mark.parametrize("kind", KINDS)
def test_both_languages_hold_the_same_clauses_with_as_many_paragraphs(kind):
    zh, en = (draft(contracts()[kind], of(kind), language=language) for language in ("zh", "en"))
    assert zh.made_from == en.made_from
    assert [len(section.parts) for section in zh.sections] == [len(section.parts) for section in en.sections]


@pytest.mark.parametrize("kind", KINDS)
def test_the_library_speaks_both_languages_and_cites_known_laws(kind):
    contract = contracts()[kind]
    for clause in contract.clauses:
        assert cite(clause.source, "zh") and cite(clause.mandatory, "zh") == cite(clause.mandatory, "zh")
        for words in (clause.heading, *(one.text for one in clause.paragraphs if one.text)):
            assert re.search("[\u4e00-\u9fff]", words["zh"]) or PLACE.fullmatch(words["zh"])
            assert not re.search("[\u4e00-\u9fff]", words["en"])
            assert set(PLACE.findall(words["zh"])) == set(PLACE.findall(words["en"]))
    assert contract.incomplete in refusals()
    assert {rule.code for rule in contract.forbidden} | {one.code for one in (*contract.limits, *contract.sums)} <= set(refusals())


@pytest.mark.parametrize("kind", KINDS)
def test_every_place_in_a_text_and_every_condition_names_a_term_of_the_contract(kind):
    contract = contracts()[kind]
    known = {term.name for term in contract.fields} | {f"{side}_name" for side in contract.sides}
    asked = {name for clause in contract.clauses for one in clause.paragraphs for text in one.text.values() for name in PLACE.findall(text)}
    asked |= {one.table for clause in contract.clauses for one in clause.paragraphs if one.table}
    asked |= {name for clause in contract.clauses for name in clause.when} | {name for term in contract.fields for name in term.when}
    asked |= {name for clause in contract.clauses for one in clause.paragraphs for name in one.when}
    assert asked - known == set()


REQUIRED = [(kind, term.name) for kind in KINDS for term in contracts()[kind].fields if term.required and term.name in of(kind)]


@pytest.mark.parametrize(("kind", "name"), REQUIRED)
def test_a_required_term_that_is_missing_is_named_and_refused_with_its_article(kind, name):
    contract = contracts()[kind]
    terms = of(kind)
    del terms[name]
    assert name in [item.field for item in missing(contract, terms)]
    with pytest.raises(Refusal) as refused:
        check(contract, terms)
    assert refused.value.code == contract.incomplete and refused.value.article


def test_a_missing_cell_of_a_patent_is_named_by_its_row():
    patents = [{**of("nda"), **of("pledge_contract")["patents"][0], "filing_date": ""}]
    found = missing(contracts()["pledge_contract"], of("pledge_contract", patents=patents))
    assert [(item.field, item.article) for item in found] == [("patents[0].filing_date", "Civil Code 845")]


MANDATORY = [(kind, clause.id) for kind in KINDS for clause in contracts()[kind].clauses if clause.mandatory and not clause.when]


@pytest.mark.parametrize(("kind", "clause"), MANDATORY)
def test_a_clause_that_the_law_names_cannot_be_left_out(kind, clause):
    with pytest.raises(Refusal) as refused:
        draft(contracts()[kind], of(kind), language="zh", omit=[clause])
    assert refused.value.code == "mandatory_clause_missing"
    assert refused.value.article == next(one.mandatory for one in contracts()[kind].clauses if one.id == clause)


def test_a_clause_that_the_parties_are_free_in_can_be_left_out():
    made = draft(TECHNOLOGY, of("license_contract"), language="zh", omit=["license.infringement"])
    assert "license.infringement" not in [clause for clause, _version in made.made_from]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("被许可人不得在合同技术的基础上进行新的研究开发。", "no_further_research"),
        ("The Licensee shall not conduct any further research on the patents.", "no_further_research"),
        ("被许可人作出的改进应无偿提供给许可人。", "free_grant_back"),
        ("All improvements of the Licensee belong to the Licensor free of charge.", "free_grant_back"),
        ("被许可人不得从第三方取得与专利竞争的技术。", "no_competing_technology"),
        ("The Licensee shall not acquire competing technology from others.", "no_competing_technology"),
        ("产品销售价格不得低于每件一百元。", "practice_hindered"),
        ("被许可人必须向许可人购买原材料。", "tie_in"),
        ("The Licensee shall purchase all components from the Licensor.", "tie_in"),
        ("被许可人不得向其他供应商采购零部件。", "supply_restricted"),
        ("被许可人不得对专利权的有效性提出异议。", "no_challenge"),
        ("被许可人 不 得 对 专利权的有效性提出异议", "no_challenge"),
        ("The Licensee shall not challenge the validity of the patents.", "no_challenge"),
        ("被许可人不得请求宣告该专利权无效。", "no_challenge"),
    ],
)
def test_a_clause_that_monopolizes_technology_is_refused_with_its_article(text, rule):
    with pytest.raises(Refusal) as refused:
        draft(TECHNOLOGY, of("license_contract"), language="zh", own=own(text))
    assert (refused.value.code, refused.value.facts["clause"]) == ("technology_monopoly_clause", rule)
    assert refused.value.article == "Civil Code 850, 864; Interpretation on technology contracts 10"


@pytest.mark.parametrize(
    "text",
    [
        "本合同不限制任何一方进行新的研究开发。",
        "接受方不得向第三人披露改进的内容。",
        "双方相互无偿许可对方使用各自的改进。",
        "Each party may use the improvements of the other free of charge on mutual terms.",
        "不得以专利被宣告无效为由要求返还已支付的使用费。",
        "Nothing here affects the right to challenge the validity of the patents.",
        "The Licensee shall not disclose improvements before publication.",
        "被许可人可以自行选择原材料和零部件的供应商。",
        "产品数量按季度报告。",
    ],
)
def test_a_lawful_clause_passes(text):
    assert forbidden_in(TECHNOLOGY, of("license_contract"), own(text)) == ()


def test_a_restriction_the_law_forbids_only_where_unreasonable_passes_with_its_reason():
    text, reason = "产品销售价格不得低于每件一百元。", "防止低于成本的倾销，期限一年。"
    assert forbidden_in(TECHNOLOGY, of("license_contract"), own(text))
    assert not forbidden_in(TECHNOLOGY, of("license_contract", restriction_reason=reason), own(text))
    assert forbidden_in(TECHNOLOGY, of("license_contract", restriction_reason=reason), own("被许可人不得请求宣告该专利权无效。"))


def test_forbidden_words_are_found_in_free_terms_and_in_rows_of_tables():
    for terms in (
        {"quality": "被许可人必须向许可人购买原材料。"},
        {"quality": {"en": "The Licensee shall purchase all components from the Licensor."}},
        {
            "payment_method": "installments",
            "price_fen": 1,
            "installments": [{"due_on": "2027-01-01", "amount_fen": 1, "condition": "被许可人承诺不提出无效宣告请求"}],
        },
    ):
        assert forbidden_in(TECHNOLOGY, of("license_contract", **terms))


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"title_passes": True}, ""),
        ({}, "债务人不履行到期债务的，质押专利权直接归质权人所有。"),
        ({}, "On default the patents pass automatically to the pledgee."),
        ({}, "On default the Pledgee shall become the owner of the patents."),
    ],
)
def test_a_pledge_never_gives_title_on_default(changes, text):
    with pytest.raises(Refusal) as refused:
        draft(contracts()["pledge_contract"], of("pledge_contract", **changes), language="zh", own=own(text) if text else ())
    assert (refused.value.code, refused.value.article) == ("foreclosure_clause_without_effect", "Civil Code 428")


def test_a_pledge_may_say_that_title_does_not_pass():
    for text in ("债务人不履行到期债务的，专利权不归质权人所有。", "On default the patents do not pass to the pledgee."):
        assert forbidden_in(contracts()["pledge_contract"], of("pledge_contract"), own(text)) == ()


@pytest.mark.parametrize(
    ("kind", "changes", "code"),
    [
        ("license_contract", {"term_end": "2041-01-01"}, "license_outlives_patent"),
        ("sublicense_contract", {"term_end": "2034-01-01"}, "sublicense_exceeds_parent"),
        ("pledge_contract", {"debt_end": "2040-02-25"}, "debt_outlives_patent"),
        ("open_license_statement", {"term_end": "2040-02-25"}, "license_outlives_patent"),
        ("open_license_statement", {"other_matters": "全国第一的技术"}, "advertising_language_in_statement"),
        ("loan_contract", {"principal_fen": 499_999_999}, "schedule_does_not_repay_loan"),
        ("loan_contract", {"purpose": "利息预先从本金中扣除。"}, "interest_deducted_in_advance"),
        ("committee_minutes", {"resolution": "承诺最低收益百分之六。"}, "guaranteed_return_promised"),
        ("assignment_contract", {"prise_fen": 1}, "contract_term_wrong"),
        ("assignment_contract", {"payment_days": "ten"}, "contract_term_wrong"),
        ("license_contract", {"term_end": "2027-13-01"}, "contract_term_wrong"),
        (
            "assignment_contract",
            {"payment_method": "installments", "installments": [{"due_on": "2027-01-01", "amount_fen": 1}]},
            "contract_terms_incomplete",
        ),
    ],
)
def test_days_out_of_order_sums_that_differ_and_wrong_terms_are_refused(kind, changes, code):
    with pytest.raises(Refusal) as refused:
        draft(contracts()[kind], of(kind, **changes), language="zh")
    assert refused.value.code == code


def test_a_debt_may_end_on_the_last_day_of_the_patent():
    assert draft(contracts()["pledge_contract"], of("pledge_contract", debt_end="2040-02-24"), language="en")


@pytest.mark.parametrize(
    ("kind", "words"), [("exclusive", "独占实施许可"), ("sole", "排他实施许可"), ("ordinary", "普通实施许可"), (None, "普通实施许可")]
)
def test_an_open_kind_of_license_is_ordinary(kind, words):
    terms = {name: value for name, value in of("license_contract", license_kind=kind).items() if value is not None}
    grant = next(section for section in draft(TECHNOLOGY, terms, language="zh").sections if section.id == "license.grant")
    assert grant.parts[0].startswith(f"许可人授予被许可人{words}")


def test_further_co_owners_are_sides_that_sign():
    contract = contracts()["open_license_statement"]
    terms = of("open_license_statement", co_owner_2_name="丁研究所", co_owner_1_name="丙公司")
    assert contract.signing_of(terms) == ("seller", "co_owner_1", "co_owner_2")
    assert [party.name for party in draft(contract, terms, language="zh").parties] == ["甲大学", "丙公司", "丁研究所"]


def test_a_change_of_terms_shows_in_its_clause_and_nowhere_else():
    before = draft(TECHNOLOGY, of("license_contract"), language="zh")
    after = draft(
        TECHNOLOGY, of("license_contract", royalty_rate="0.05", quality="符合国家标准。"), language="zh", omit=["license.infringement"]
    )
    found = {one.id: one for one in changes(before, after) if one.change != "same"}
    assert {name: one.change for name, one in found.items()} == {
        "common.price": "changed",
        "license.quality": "added",
        "license.infringement": "removed",
    }
    changed = [piece for paragraph in found["common.price"].paragraphs for piece in paragraph if piece.kind != "same"]
    assert [(piece.kind, piece.text) for piece in changed] == [("removed", "3.5%"), ("added", "5%")]


def test_a_redline_gives_back_both_texts():
    old, new = "自生效之日起10日内支付 CNY 1,200.00", "自登记之日起15日内付清 CNY 1,300.00"
    found = pieces(old, new)
    assert "".join(piece.text for piece in found if piece.kind != "added") == old
    assert "".join(piece.text for piece in found if piece.kind != "removed") == new


def test_drafts_of_different_kinds_are_not_compared():
    with pytest.raises(ValueError, match="cannot be compared"):
        changes(draft(TECHNOLOGY, of("license_contract"), language="zh"), draft(contracts()["nda"], of("nda"), language="zh"))


def test_patents_stand_in_a_table_with_the_columns_the_law_asks_for():
    made = draft(contracts()["assignment_contract"], of("assignment_contract"), language="en")
    table = next(part for part in made.sections[0].parts if isinstance(part, Table))
    assert table.head[:5] == ("Patent number", "Title of the invention", "Patentee", "Application number", "Filing date")
    assert table.rows[0][0] == "ZL202010123456.7"

"""The calculation door on the site: form, result, Excel and API answer with the same register as the command line."""

import io
import json

import pytest
from django.http import QueryDict
from openpyxl import load_workbook

from langqiao.engine import register
from langqiao.rules import parameters
from langqiao.web.api.calc import openapi
from langqiao.web.calc.forms import SchemaForm, walk
from langqiao.web.calc.results import result_of
from langqiao.web.calc.words import chinese_words, code_words

NAMES = register.names()


def posted(calculation):
    """What a browser sends for the example as the form shows it."""
    data = {}
    for place in walk(SchemaForm(calculation.schema()["input"]).fields(dict(calculation.example))):
        if place.kind in {"rows", "map"}:
            data[f"{place.name}#rows"] = str(len(place.rows))
        elif place.kind == "flag":
            data |= {place.name: "on"} if place.value else {}
        elif place.kind != "record" and place.value is not None:
            data[place.name] = str(place.value)
    return data


@pytest.mark.parametrize("name", NAMES)
def test_the_form_of_a_calculation_reads_back_what_it_shows(name):
    calculation = register.find(name)
    query = QueryDict(mutable=True)
    query.update(posted(calculation))
    typed = SchemaForm(calculation.schema()["input"]).read(query)
    direct = calculation.answer(register.read_json(json.dumps(dict(calculation.example))), parameters())
    assert calculation.answer(typed, parameters()) == direct


@pytest.mark.django_db
@pytest.mark.parametrize("name", NAMES)
def test_page_and_api_answer_the_example_alike(client, name):
    calculation = register.find(name)
    assert client.get(f"/calc/{name}").status_code == 200
    assert client.post(f"/calc/{name}", posted(calculation)).status_code == 200
    answer = client.post(f"/api/v1/calc/{name}", data=json.dumps(dict(calculation.example)), content_type="application/json")
    assert answer.status_code == 200
    assert answer.json() == calculation.answer(register.read_json(json.dumps(dict(calculation.example))), parameters())


@pytest.mark.django_db
def test_bad_input_stands_at_its_field_and_nothing_typed_is_lost(client):
    data = posted(register.find("fund.waterfall")) | {"flows[1].date": "2021-02-30"}
    page = client.post("/calc/fund.waterfall", data)
    assert page.status_code == 422
    assert b"2021-02-30 is not a day of the calendar" in page.content
    assert b'value="300000000.00"' in page.content


@pytest.mark.django_db
def test_a_map_shows_the_error_at_its_entry(client):
    data = posted(register.find("committee.resolve")) | {"votes#key[0]": "Z"}
    page = client.post("/calc/committee.resolve", data)
    assert page.status_code == 422
    assert "votes#value[0]" in page.content.decode()
    assert page.content.decode().count("field-error") == 1


@pytest.mark.django_db
def test_rows_are_added_and_removed_without_javascript(client):
    data = posted(register.find("fund.call"))
    more = client.post("/calc/fund.call", data | {"add": "commitments"}).content.decode()
    assert 'name="commitments[2].partner"' in more
    less = client.post("/calc/fund.call", data | {"drop": "commitments[0]"}).content.decode()
    assert 'value="B"' in less
    assert 'name="commitments[1].partner"' not in less


@pytest.mark.django_db
def test_a_refusal_is_shown_with_its_rule_and_answers_409(client):
    data = posted(register.find("fund.call")) | {"amount": "99999999999.00"}
    assert b"call_above_commitment" in client.post("/calc/fund.call", data).content
    body = {"amount": "2.00", "commitments": [{"partner": "A", "commitment": "1.00"}]}
    answer = client.post("/api/v1/calc/fund.call", data=json.dumps(body), content_type="application/json")
    assert (answer.status_code, answer.json()["refusal"]) == (409, "call_above_commitment")
    assert answer.json()["rule"].startswith("Partnership Law 65")


REFUSED = {
    "fund.call": {"amount": "40000000.01"}, "income.split": {"inventor_share": 0.1}, "policy.growth": {"base": 0},
    "policy.per_10000": {"population": 0}, "valuation.rnpv": {"discount_rate_includes_stage_risk": True},
    "deal.settle": {"broker_rate": 1}, "valuation.cost": {"items": []},
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_is_409_with_three_fields_and_no_figure(client, name):
    body = json.dumps(dict(register.find(name).example) | REFUSED[name])
    answer = client.post(f"/api/v1/calc/{name}", data=body, content_type="application/json")
    assert answer.status_code == 409
    assert set(answer.json()) == {"refusal", "message", "rule"}
    assert answer.json()["refusal"] in register.find(name).refusals


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "change"), [("operations.check", {"on": "2050-01-01"}), ("committee.resolve", {"votes": {}})])
def test_a_no_that_is_the_result_answers_200_with_its_flags(client, name, change):
    body = json.dumps(dict(register.find(name).example) | change)
    answer = client.post(f"/api/v1/calc/{name}", data=body, content_type="application/json")
    assert answer.status_code == 200
    assert answer.json().get("allowed", answer.json().get("passed")) is False


@pytest.mark.django_db
def test_the_api_names_what_is_wrong_and_keeps_its_limits(client):
    def send(name, body):
        return client.post(f"/api/v1/calc/{name}", data=body, content_type="application/json")

    assert (send("fund.none", "{}").status_code, send("fund.none", "{}").json()["error"]["code"]) == (404, "unknown_calc")
    assert send("fund.call", "{").json()["error"]["code"] == "bad_json"
    assert send("fund.call", b"\xff\xfe").status_code == 422
    assert send("fund.call", "{}").json()["error"] == {"code": "missing_field", "message": "Field required", "field": "amount"}
    assert send("fund.call", '{"amount": NaN}').status_code == 422
    assert send("fund.call", " " * 1_000_001).status_code == 413
    assert client.get("/api/v1/calc/fund.call").status_code == 405
    assert client.get("/api/v1/calc/fund.call/schema").json()["input"]["required"] == ["amount", "commitments"]


@pytest.mark.django_db
def test_a_calculation_that_takes_too_long_is_ended(client, monkeypatch):
    from langqiao.web.api import calc, clock

    monkeypatch.setattr(calc, "within_limit", lambda: clock.within_limit(0.01))
    deal = dict(register.find("securitization.break_even").example)
    deal["deal"] = deal["deal"] | {"pool": deal["deal"]["pool"] | {"periods": 600, "periods_per_year": 12}}
    answer = client.post("/api/v1/calc/securitization.break_even", data=json.dumps(deal), content_type="application/json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "too_slow")


@pytest.mark.django_db
def test_excel_holds_input_result_and_tables_and_no_formula(client):
    data = posted(register.find("fund.call")) | {"commitments[0].partner": "=HYPERLINK(1)"}
    answer = client.post("/calc/fund.call/excel", data)
    book = load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames[:2] == ["Result", "Input"]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert any(cell.value == "=HYPERLINK(1)" for cell in cells)
    assert not any(cell.data_type == "f" for cell in cells)
    assert any(cell.value == 750000 for cell in cells)


@pytest.mark.django_db
def test_the_chart_of_a_result_is_an_image_of_this_site(client):
    page = client.post("/calc/loan.schedule", posted(register.find("loan.schedule"))).content.decode()
    address = page.split('<img src="', 1)[1].split('"', 1)[0]
    chart = client.get(address)
    assert chart["Content-Type"] == "image/svg+xml"
    assert chart.content.lstrip().startswith(b"<svg")
    assert client.get("/calc/charts/" + "0" * 64 + ".svg").status_code == 404


def test_the_openapi_document_is_valid_and_names_every_calculation():
    from openapi_spec_validator import validate

    document = json.loads(json.dumps(openapi()))
    validate(document)
    assert {f"/api/v1/calc/{name}" for name in NAMES} <= set(document["paths"])


def test_every_field_of_a_calculation_has_a_chinese_term():
    import dataclasses
    import typing

    names = set()

    def collect(kind, seen):
        if dataclasses.is_dataclass(kind) and kind not in seen:
            seen.add(kind)
            for name, inner in typing.get_type_hints(kind).items():
                names.add(name)
                collect(inner, seen)
        for inner in typing.get_args(kind):
            collect(inner, seen)

    for calculation in register.all_calculations():
        collect(calculation.input_type, set())
        collect(calculation.output_type, set())
    assert sorted(names - set(chinese_words())) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_calculation_says_its_formula_in_both_languages(name):
    formula = register.find(name).formula
    assert set(formula) == {"zh", "en"}
    assert any("\u4e00" <= sign <= "\u9fff" for sign in formula["zh"])
    assert not any("\u4e00" <= sign <= "\u9fff" for sign in formula["en"])
    assert len(formula["zh"]) > 10 < len(formula["en"])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "said", "unsaid"),
    [("zh-hans", "预期损失 = 违约概率", "probability of default"), ("en", "probability of default", "违约概率")],
)
def test_a_page_and_its_excel_file_say_the_formula_in_the_reader_s_language(client, language, said, unsaid):
    asked = {"headers": {"accept-language": language}}
    page = client.get("/calc/loan.expected_loss", **asked).content.decode()
    formula = page.split('<p class="pre">', 1)[1].split("</p>", 1)[0]
    assert said in formula
    assert unsaid not in formula
    sent = client.post("/calc/loan.expected_loss/excel", posted(register.find("loan.expected_loss")), **asked)
    first = [row[0].value for row in load_workbook(io.BytesIO(sent.content))["Result"].iter_rows(max_row=4)]
    assert any(said in str(cell) for cell in first)


def choices_of(part):
    """Every fixed text a schema names."""
    if isinstance(part, list):
        return {text for item in part for text in choices_of(item)}
    if not isinstance(part, dict):
        return set()
    own = {text for text in [part.get("const"), *part.get("enum", ())] if isinstance(text, str)}
    return own | {text for item in part.values() for text in choices_of(item)}


@pytest.mark.parametrize("name", NAMES)
def test_every_choice_and_code_of_a_calculation_has_its_word(name):
    missing = {
        choice for choice in choices_of(register.find(name).schema()) if choice not in chinese_words() and choice not in code_words()
    }
    assert missing == set()


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "said"), [("zh-hans", "专利权已因欠费终止"), ("en", "lapsed, expired, abandoned or invalidated")])
def test_a_check_tells_its_refusals_in_the_reader_s_language_with_their_codes(client, language, said):
    data = posted(register.find("operations.check")) | {"on": "2050-01-01"}
    page = client.post("/calc/operations.check", data, headers={"accept-language": language}).content.decode()
    assert said in page
    assert "(right_not_in_force)" in page


@pytest.mark.django_db
def test_a_tornado_is_drawn(client):
    page = client.post(
        "/calc/valuation.tornado", posted(register.find("valuation.tornado")), headers={"accept-language": "zh-hans"}
    ).content.decode()
    chart = client.get(page.split('<img src="', 1)[1].split('"', 1)[0]).content.decode()
    assert "收入系数" in chart


@pytest.mark.django_db
def test_a_list_inside_a_row_is_a_table_of_its_own(client):
    found = register.find("valuation.opinion")
    result = result_of(found, found.answer(register.read_json(json.dumps(dict(found.example))), parameters()))
    assert all(len(table.head) <= 30 for table in result.tables)
    assert {"methods", "methods[0].inputs"} <= {table.name for table in result.tables}
    assert client.post("/calc/valuation.opinion/excel", posted(found))["Content-Type"].startswith("application/vnd.openxmlformats")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "said", "rule"), [("zh-hans", "缴款", "《合伙企业法》第65条"), ("en", "exceed", "Partnership Law 65")]
)
def test_a_refusal_and_its_article_are_told_in_the_reader_s_language(client, language, said, rule):
    data = posted(register.find("fund.call")) | {"amount": "99999999999.00"}
    page = client.post("/calc/fund.call", data, headers={"accept-language": language}).content.decode()
    assert "(call_above_commitment)" in page
    assert said in page
    assert rule in page

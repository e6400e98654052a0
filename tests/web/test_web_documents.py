"""Documents as files and pages: the same text as PDF, Word and HTML, versions compared, packages with their papers, certificates from the record."""

import datetime as dt
import io
import json
import zipfile

import docx
import pypdf
import pytest
from django.urls import reverse
from django.utils import timezone

from langqiao.engine.contracts.draft import Table, draft
from langqiao.engine.contracts.package import due_on
from langqiao.engine.kernel.refusal import Refusal
from langqiao.rules import parameters
from langqiao.rules.clause_reader import contracts
from langqiao.rules.package_reader import packages
from langqiao.rules.refusals import cite
from langqiao.web.audit.heads import head_make
from langqiao.web.documents.closing import certificate_facts, closing_certificate_make
from langqiao.web.documents.files import sha256_of
from langqiao.web.documents.models import Document
from langqiao.web.documents.packages import package_make, package_state, paper_add
from langqiao.web.documents.services import OPERATION_CONTRACTS, document_bytes, document_make, document_sign
from langqiao.web.documents.text import draft_as_json, draft_from_json
from langqiao.web.documents.typeset import draft_pdf
from langqiao.web.documents.word import draft_docx
from langqiao.web.documents.words import FACTS, kind_word
from langqiao.web.people.models import Membership, Role
from tests.contract_terms import ASSIGNMENT, LICENSE, PATENTS, terms_of

KEY = "00000000-0000-0000-0000-000000000003"
SUBJECT = f"deal/{KEY}"
MARK = "ab" * 32
WHOLE = [(kind, language) for kind in sorted(contracts()) for language in ("zh", "en")]


def drafted(kind, language):
    contract = contracts()[kind]
    terms = terms_of(kind, contract.sides)
    return draft(contract, terms, language=language), contract.signing_of(terms)


def dense(text):
    return "".join(text.split())


def pdf_text(content):
    return dense("".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages))


def word_text(content):
    file = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in file.tables for row in table.rows for cell in row.cells]
    return dense("".join(paragraph.text for paragraph in file.paragraphs) + "".join(cells))


def texts_of(made):
    for section in made.sections:
        yield section.heading
        for part in section.parts:
            yield from ([part] if isinstance(part, str) else [cell for row in (part.head, *part.rows) for cell in row])


@pytest.mark.parametrize(("kind", "language"), WHOLE)
def test_pdf_and_word_file_hold_the_same_text_and_the_same_bytes_each_time(kind, language):
    made, signing = drafted(kind, language)
    pdf, word = draft_pdf(made, signing=signing, mark=MARK), draft_docx(made, signing=signing, mark=MARK)
    assert (pdf, word) == (draft_pdf(made, signing=signing, mark=MARK), draft_docx(made, signing=signing, mark=MARK))
    in_word = word_text(word)
    assert [text for text in texts_of(made) if dense(text) not in in_word] == []
    if kind in {"license_contract", "pledge_contract", "closing_certificate"}:
        in_pdf = pdf_text(pdf).replace("-", "")
        prose = [text for section in made.sections for text in (section.heading, *section.parts) if isinstance(text, str)]
        found = [text for text in prose if dense(text).replace("-", "") in in_pdf]
        # A paragraph that a page divides has the foot of the page in its middle: its two ends are looked for instead.
        rest = [dense(text).replace("-", "") for text in prose if text not in found]
        assert len(found) >= len(prose) - 4
        assert [text for text in rest if text[:8] not in in_pdf or text[-8:] not in in_pdf] == []


def test_a_word_file_has_real_headings_numbering_and_repeated_table_heads():
    made, signing = drafted("license_contract", "zh")
    file = docx.Document(io.BytesIO(draft_docx(made, signing=signing, mark=MARK)))
    headings = [paragraph for paragraph in file.paragraphs if paragraph.style.name == "Heading 1"]
    assert [paragraph.text for paragraph in headings] == [section.heading for section in made.sections]
    numbering = file.part.numbering_part.element.xml
    assert "第%1条" in numbering and "chineseCountingThousand" in numbering
    assert file.styles["Heading 1"].element.pPr.numPr.numId.val == 77
    tables = [part for section in made.sections for part in section.parts if isinstance(part, Table)]
    assert len(file.tables) == 2 + len(tables)
    assert "w:tblHeader" in file.tables[1]._tbl.xml


def test_a_draft_comes_back_from_what_is_kept_of_it():
    for kind, language in WHOLE:
        made, _signing = drafted(kind, language)
        assert draft_from_json(json.loads(json.dumps(draft_as_json(made)))) == made


def test_every_operation_with_a_contract_names_one_of_the_library():
    assert set(OPERATION_CONTRACTS.values()) <= set(contracts())


@pytest.mark.parametrize("kind", sorted(packages()))
def test_a_package_cites_known_laws_and_asks_for_facts_that_have_words(kind):
    package = packages()[kind]
    assert all(cite(paper.source, "zh") and paper.title["zh"] and paper.title["en"] for paper in package.papers)
    assert set(package.facts) <= set(FACTS)
    assert {name for paper in package.papers for name in paper.kinds} <= set(contracts())


@pytest.mark.parametrize(
    ("kind", "start", "last"),
    [
        ("license_recordal", "2026-11-24", dt.date(2027, 2, 24)),
        ("license_recordal", "2026-11-30", dt.date(2027, 2, 28)),
        ("technology_contract_registration", "2026-11-24", dt.date(2026, 12, 24)),
        ("assignment_registration", "2026-11-24", None),
        ("license_recordal", None, None),
    ],
)
def test_the_countdown_runs_from_the_effect_of_the_contract(kind, start, last):
    assert due_on(packages()[kind], {"effective_on": start}, parameters()) == last


def made_for(people, kind, fields, language="zh"):
    sides = {"seller": people["first"], "buyer": people["second"]}
    return document_make(kind=kind, subject=SUBJECT, language=language, fields=fields, organizations=sides, by=people[Role.EDITOR])


def member(people, name):
    return Membership.objects.get(user=people[name])


def signed_by_both(document, people):
    for name in ("admin", "other"):
        document_sign(document=document, membership=member(people, name), user=people[name])
    return document


def a_pdf():
    made, signing = drafted("nda", "en")
    return draft_pdf(made, signing=signing, mark=MARK)


def state(kind, **facts):
    return package_state(kind=kind, subject=SUBJECT, facts=facts, today=timezone.now().date())


def package(people, kind, **facts):
    sides = {"seller": people["first"], "buyer": people["second"]}
    return package_make(kind=kind, subject=SUBJECT, language="zh", facts=facts, organizations=sides, by=people[Role.EDITOR])


@pytest.mark.django_db
def test_a_package_names_what_is_missing_and_is_made_once_everything_is_there(people):
    contract = made_for(people, "license_contract", LICENSE)
    found = {item.paper.id: item.state for item in state("license_recordal").items}
    assert found == {"contract": "unsigned", "recordal_request": "missing", "identity": "missing"}
    with pytest.raises(Refusal) as refused:
        package(people, "license_recordal")
    assert refused.value.code == "package_incomplete" and refused.value.facts["missing"] == ("contract", "recordal_request", "identity")
    signed_by_both(contract, people)
    for paper in ("recordal_request", "identity"):
        paper_add(
            package="license_recordal", paper=paper, subject=SUBJECT, content=a_pdf(), membership=member(people, "editor"),
            user=people["editor"],
        )  # fmt: skip
    made = package(people, "license_recordal")
    with zipfile.ZipFile(io.BytesIO(document_bytes(made))) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        assert archive.namelist() == ["manifest.json", "01-contract.pdf", "02-recordal_request.pdf", "03-identity.pdf"]
        for entry in manifest["files"]:
            content = archive.read(entry["name"])
            assert sha256_of(content) == entry["sha256"] and pypdf.PdfReader(io.BytesIO(content)).pages
    assert manifest["files"][0]["signatures"] == 2 and manifest["due_on"] and manifest["article"]["zh"] == "《专利法实施细则》第15条"
    assert package(people, "license_recordal") == made, "the same papers give the same package"


@pytest.mark.django_db
def test_the_papers_follow_from_the_terms_of_the_contract_and_from_what_is_stated(people):
    terms = {**LICENSE, "co_owners": "丙公司", "co_owner_consent": "2026年同意书", "pledgee_consent": "2026年质权人同意书"}
    made_for(people, "license_contract", terms)
    asked = {item.paper.id for item in state("license_recordal", agent=True).items}
    assert {"co_owner_consents", "pledgee_consent", "power_of_attorney"} <= asked
    assert "co_owner_consents" not in {item.paper.id for item in state("license_recordal", license_kind="ordinary").items}


@pytest.mark.django_db
@pytest.mark.parametrize("content", [b"", b"GIF89a", b"%PDF-1.7 cut"])
def test_a_paper_that_is_no_pdf_is_refused(content, people):
    made_for(people, "license_contract", LICENSE)
    arguments = {"package": "license_recordal", "paper": "identity", "subject": SUBJECT, "membership": member(people, "editor")}
    with pytest.raises(Refusal) as refused:
        paper_add(**arguments, content=content, user=people["editor"])
    assert refused.value.code == "paper_not_readable"


@pytest.mark.django_db
def test_a_certificate_states_what_the_record_holds_and_the_signed_root(people):
    contract = signed_by_both(made_for(people, "assignment_contract", ASSIGNMENT), people)
    sides = {"seller": people["first"], "buyer": people["second"]}
    made = closing_certificate_make(
        subject=SUBJECT, language="zh", operation="专利权转让", closed_on=dt.date(2026, 12, 20), patents=PATENTS, organizations=sides,
        by=people[Role.ADMIN], price_fen=120_000_000, scenario=True,
    )  # fmt: skip
    head = head_make()
    terms = json.loads(made.made_from)["terms"]
    assert [fact["fact"] for fact in certificate_facts(made)] == ["文件生成", "文件签署", "文件签署"]
    assert terms["files"][0]["sha256"] == sha256_of(document_bytes(contract))
    assert head.size == terms["tree_size"] + 1, "making the certificate is itself recorded after the head it names"
    assert terms["tree_root"] in pdf_text(document_bytes(made))


@pytest.mark.django_db
def test_nothing_recorded_is_not_certified(people):
    with pytest.raises(Refusal) as refused:
        closing_certificate_make(
            subject=SUBJECT, language="en", operation="assignment", closed_on=dt.date(2026, 12, 20), patents=PATENTS, organizations={},
            by=people[Role.ADMIN],
        )  # fmt: skip
    assert refused.value.code == "not_found"


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_pages_of_a_document_show_text_signatures_versions_and_changes(language, client, people):
    first = made_for(people, "license_contract", LICENSE)
    second = made_for(people, "license_contract", {**LICENSE, "royalty_rate": "0.05"})
    signed_by_both(second, people)
    client.force_login(people["reader"])
    client.cookies["django_language"] = language
    for name in ("documents", "documents_about", "document", "document_compare"):
        arguments = {"documents": {}, "documents_about": {"kind": "deal", "key": KEY}}.get(name, {"document_id": second.pk})
        answer = client.get(reverse(name, kwargs=arguments))
        assert answer.status_code == 200, name
    page = client.get(reverse("document", kwargs={"document_id": second.pk})).content.decode()
    assert ("许可人授予被许可人独占实施许可" in page and "《专利法实施细则》第15条" in page) or language == "en"
    assert page.count("tag good") >= 4 and str(first.pk) in page
    changes = client.get(reverse("document_compare", kwargs={"document_id": second.pk})).content.decode()
    assert "<del>3.5%</del>" in changes and "<ins>5%</ins>" in changes
    word = client.get(reverse("document_word", kwargs={"document_id": second.pk}))
    assert docx.Document(io.BytesIO(word.content)).paragraphs[0].text == "专利实施许可合同"
    assert client.get(reverse("document_file", kwargs={"document_id": second.pk})).content == document_bytes(second)


@pytest.mark.django_db
def test_the_page_of_a_package_adds_papers_and_makes_the_archive(client, people):
    signed_by_both(made_for(people, "license_contract", LICENSE), people)
    client.force_login(people["editor"])
    where = {"kind": "deal", "key": KEY, "package": "license_recordal"}
    assert client.get(reverse("package", kwargs=where)).context["state"].days_left in range(85, 95)
    assert client.post(reverse("package_make", kwargs=where)).status_code == 409
    for paper in ("recordal_request", "identity"):
        answer = client.post(reverse("paper_add", kwargs={**where, "paper": paper}), {"file": io.BytesIO(a_pdf())})
        assert answer.status_code == 302
    made = client.post(reverse("package_make", kwargs=where))
    archive = Document.objects.get(kind="package.license_recordal")
    assert made.url == reverse("document", kwargs={"document_id": archive.pk})
    assert client.get(made.url).status_code == 200


@pytest.mark.django_db
def test_a_document_is_hidden_from_organizations_it_does_not_name(client, people):
    made = made_for(people, "assignment_contract", ASSIGNMENT)
    client.force_login(people["office"])
    assert client.get(reverse("documents")).context["rows"] == []
    for name in ("document", "document_file", "document_word", "document_compare"):
        assert client.get(reverse(name, kwargs={"document_id": made.pk})).status_code == 404


def test_every_kind_of_document_has_a_name():
    kinds = [*contracts(), *(f"package.{kind}" for kind in packages()), "paper.license_recordal.identity"]
    assert all(kind_word(kind, language) != kind for kind in kinds for language in ("zh", "en"))

"""A portfolio from the holder's own Excel file to assessed patents, problems by row, exports; and advice on keeping."""

import csv
import datetime as dt
import io
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.common.sheets import EXECUTED
from langqiao.web.people.models import Membership, Role
from langqiao.web.portfolio import assess, exports
from langqiao.web.portfolio.jobs import refresh_queue
from langqiao.web.portfolio.models import Portfolio, PortfolioItem, RowProblem
from langqiao.web.portfolio.services import portfolio_create, upload_create
from langqiao.web.work import loops
from langqiao.web.work.models import Job, JobState
from langqiao.web.work.services import job_claim

pytestmark = pytest.mark.django_db
HEADERS = ["公开(公告)号", "标题", "申请人", "申请日", "公开(公告)日", "申请号", "专利类型", "当前法律状态"]


def workbook(*rows):
    book = Workbook()
    book.active.append(HEADERS)
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


OWN = ["CN209999999U", "一种自有的桥", "自有公司", "2018-11-23", "2019-07-12", "", "实用新型", "授权"]
BROKEN = ["CN2.09E+08", "一种损坏的桥", "自有公司", "2018-13-45", "2019-07-12", "", "实用新型", "授权"]


@pytest.fixture
def uploaded(client, people, facts_lake):
    """A portfolio of the first organization after the upload of three rows: one known to the site, one own, one broken."""
    client.force_login(people[Role.EDITOR])
    client.post("/portfolios/new", {"name": "Own patents"})
    portfolio = Portfolio.objects.get(organization=people["first"])
    file = SimpleUploadedFile(
        "导出.xlsx", workbook(["CN102329749B", "枯草芽孢杆菌", "某公司", "2011-09-19", "2013-01-16", "", "发明", "授权"], OWN, BROKEN)
    )
    answer = client.post(f"/portfolios/{portfolio.pk}/upload", {"file": file})
    assert answer.status_code == 302
    job = job_claim()
    loops.job_run(job)
    assert job.state == JobState.DONE, job.message
    return portfolio


def test_an_upload_becomes_assessed_patents_with_problems_named_by_row(client, uploaded):
    items = {item.key: item for item in PortfolioItem.objects.filter(portfolio=uploaded)}
    assert {"CN-102329749-B", "CN-209999999-U"} <= set(items)
    own = items["CN-209999999-U"]
    assert own.title_zh == "一种自有的桥" or own.title == "一种自有的桥"
    assert own.filing_date == dt.date(2018, 11, 23) and own.expiry_date == dt.date(2028, 11, 23)
    assert RowProblem.objects.filter(upload__portfolio=uploaded, row=4).exists()
    page = client.get(f"/portfolios/{uploaded.pk}").content.decode()
    assert "CN-209999999-U" in page
    upload = uploaded.uploads.get()
    problems = client.get(f"/portfolios/{uploaded.pk}/problems/{upload.pk}").content.decode()
    assert "CN2.09E+08" in problems or "2018-13-45" in problems
    assert str(upload.stored) not in problems


def test_an_own_patent_and_its_bytes_are_seen_by_members_only(client, people, uploaded):
    assert client.get("/patents/CN-209999999-U").status_code == 200
    sha = client.get("/patents/CN-209999999-U").context["patent"].row["sha256"]
    assert client.get(f"/source/{sha}").status_code == 200
    for user in (people["other"], people["stranger"]):
        client.force_login(user)
        assert client.get("/patents/CN-209999999-U").status_code == 404
        assert client.get("/evidence/CN-209999999-U/status").status_code == 404
        assert client.get(f"/source/{sha}").status_code == 404
    client.logout()
    assert client.get("/patents/CN-209999999-U").status_code == 404


def test_the_same_file_again_adds_nothing(client, people, uploaded):
    before = sorted(PortfolioItem.objects.values_list("key", flat=True))
    file = SimpleUploadedFile("again.xlsx", workbook(OWN))
    client.post(f"/portfolios/{uploaded.pk}/upload", {"file": file})
    loops.job_run(job_claim())
    assert sorted(PortfolioItem.objects.values_list("key", flat=True)) == before


def test_a_job_whose_file_was_changed_fails_with_a_sentence(client, people, facts_lake):
    membership = Membership.objects.get(user=people[Role.EDITOR])
    portfolio = portfolio_create(membership=membership, name="P", by=people[Role.EDITOR])
    upload = upload_create(membership=membership, portfolio=portfolio, file=SimpleUploadedFile("a.csv", b"x,y\n"), by=people[Role.EDITOR])
    with Path(upload.stored).open("ab") as file:
        file.write(b"1,2\n")
    job = job_claim()
    loops.job_run(job)
    assert job.state == JobState.FAILED and "a.csv" in job.message


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (None, "file_missing"),
        (SimpleUploadedFile("x.exe", b"MZ"), "file_kind"),
        (SimpleUploadedFile("x.csv", b""), "file_empty"),
    ],
)
def test_a_file_that_cannot_be_taken_is_told_beside_its_field(client, people, file, code):
    membership = Membership.objects.get(user=people[Role.EDITOR])
    portfolio = portfolio_create(membership=membership, name="P", by=people[Role.EDITOR])
    with pytest.raises(Refusal) as refused:
        upload_create(membership=membership, portfolio=portfolio, file=file, by=people[Role.EDITOR])
    assert refused.value.code == code
    client.force_login(people[Role.EDITOR])
    answer = client.post(f"/portfolios/{portfolio.pk}/upload", {} if file is None else {"file": file})
    assert answer.status_code == 422 and b'id="file-error"' in answer.content
    assert not Job.objects.exists()


def test_a_name_with_folders_stays_inside_the_organizations_folder(people, settings):
    membership = Membership.objects.get(user=people[Role.EDITOR])
    portfolio = portfolio_create(membership=membership, name="P", by=people[Role.EDITOR])
    file = SimpleUploadedFile("x.csv", b"a,b\n")
    file._name = "../../../etc/pass wd.csv"
    upload = upload_create(membership=membership, portfolio=portfolio, file=file, by=people[Role.EDITOR])
    assert str(upload.stored).startswith(f"{settings.MEDIA_ROOT}/{people['first'].pk}/") and ".." not in upload.stored
    assert upload.file_name == "pass wd.csv"


def test_exports_hold_no_cell_that_a_spreadsheet_would_execute(people):
    portfolio = Portfolio.objects.create(organization=people["first"], name="P")
    PortfolioItem.objects.create(portfolio=portfolio, key="CN-1-A", title='=HYPERLINK("http://x")', owner="@cmd", office="CN")
    kind, content = exports.csv_of(portfolio)
    cells = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))[1]
    assert kind.startswith("text/csv") and not [cell for cell in cells if cell.startswith(EXECUTED)]
    sheet = load_workbook(io.BytesIO(exports.xlsx_of(portfolio)[1])).active
    assert not [cell for row in sheet for cell in row if cell.data_type == "f"]
    assert sheet["B2"].value == '\'=HYPERLINK("http://x")'


def test_unknown_values_are_empty_cells_and_stand_last_in_either_order(client, people):
    portfolio = Portfolio.objects.create(organization=people["first"], name="P")
    for key, score in (("CN-1-A", None), ("CN-2-A", 10.0), ("CN-3-A", 20.0)):
        PortfolioItem.objects.create(portfolio=portfolio, key=key, office="CN", score=score)
    client.force_login(people[Role.READER])
    order = [
        [item.key for item in client.get(f"/portfolios/{portfolio.pk}?sort={sort}").context["shown"].items] for sort in ("score", "-score")
    ]
    assert order == [["CN-2-A", "CN-3-A", "CN-1-A"], ["CN-3-A", "CN-2-A", "CN-1-A"]]


def test_a_portfolio_of_ten_thousand_keeps_the_budget_of_a_page(client, people, django_assert_max_num_queries):
    portfolio = Portfolio.objects.create(organization=people["first"], name="P")
    day = dt.date(2026, 1, 1)
    PortfolioItem.objects.bulk_create(
        [
            PortfolioItem(
                portfolio=portfolio, key=f"CN-{n}-B", office="CN", title="一种用于桥梁的装置" * 6, status="in_force", grade="ABCDE"[n % 5],
                score=n % 100, expiry_date=day + dt.timedelta(days=n), annuity_due_on=day + dt.timedelta(days=n % 700), annuity_fee_fen=120000,
            )
            for n in range(10_000)
        ],
        batch_size=500,
    )  # fmt: skip
    client.force_login(people[Role.READER])
    with django_assert_max_num_queries(10):
        answer = client.get(f"/portfolios/{portfolio.pk}")
    assert answer.status_code == 200 and len(answer.content) <= 150_000
    for name in ("grades", "cliff", "annuities", "values"):
        chart = client.get(f"/portfolios/{portfolio.pk}/charts/{name}.svg")
        assert chart.status_code == 200 and chart.content.startswith(b"<svg")


def test_the_daily_duty_queues_each_portfolio_with_patents_once(people):
    empty = Portfolio.objects.create(organization=people["first"], name="empty")
    full = Portfolio.objects.create(organization=people["second"], name="full")
    PortfolioItem.objects.create(portfolio=full, key="CN-1-A", office="CN")
    assert refresh_queue() == "1 portfolios queued" and refresh_queue() == "0 portfolios queued"
    assert Job.objects.get().payload == {"portfolio": full.pk} and empty.items.count() == 0


def view(state, *burdens):
    return SimpleNamespace(phase=SimpleNamespace(state=state), status=state, overlays=tuple(SimpleNamespace(kind=kind) for kind in burdens))


FEES = [SimpleNamespace(full_fee_fen=100_000), SimpleNamespace(full_fee_fen=200_000)]


@pytest.mark.parametrize(
    ("right", "value", "fees", "word"),
    [
        (view("lapsed"), (1, 2, 3), [], "ended"),
        (view("in_force", "pledged"), (1, 2, 3), FEES, "keep"),
        (view("in_force", "license"), None, FEES, "keep"),
        (view("in_force"), None, FEES, "undecided"),
        (view("in_force"), (1, 2, 3), [], "undecided"),
        (view("in_force"), (300_001, 400_000, 500_000), FEES, "keep"),
        (view("in_force"), (100, 200, 299_999), FEES, "drop"),
        (view("in_force"), (100, 400_000, 500_000), FEES, "undecided"),
    ],
)
def test_advice_follows_duties_then_the_whole_range_against_all_fees(right, value, fees, word):
    advice = assess.advice_of(right, value, fees)
    assert advice.word == word
    assert all({"zh", "en"} <= set(reason) for reason in advice.reasons)


def test_an_upload_without_a_patent_computes_no_indicators_and_tells_its_problems(client, people, facts_lake, monkeypatch):
    from langqiao.web.portfolio import jobs

    computed = []
    monkeypatch.setattr(jobs, "run_stages", lambda *_args, **_more: computed.append(1) or [])
    client.force_login(people[Role.EDITOR])
    portfolio = Portfolio.objects.create(organization=people["first"], name="P")
    client.post(f"/portfolios/{portfolio.pk}/upload", {"file": SimpleUploadedFile("bad.xlsx", workbook(BROKEN))})
    job = job_claim()
    loops.job_run(job)
    assert job.state == JobState.DONE, job.message
    upload = portfolio.uploads.get()
    assert (computed, upload.patent_count) == ([], 0) and upload.problem_count > 0
    client.cookies["django_language"] = "zh-hans"
    page = client.get(f"/portfolios/{portfolio.pk}/problems/{upload.pk}").content.decode()
    assert "号码被电子表格破坏" in page or "读不出公开号或申请号" in page
    assert Portfolio.objects.filter(pk=portfolio.pk, items__isnull=True).exists()

"""The routes of the first rooms (search, patents, data, calculations, portfolios, jobs), and what the tests need to open them."""

import datetime as dt

from langqiao.web.appraisals.models import RecordedGrade
from langqiao.web.people.models import Role
from langqiao.web.portfolio.models import Portfolio, PortfolioItem, SavedView, Upload
from langqiao.web.work.services import job_queue
from tests.web.routes.who import ANY_EDITOR, ANY_MEMBER, ANYBODY, EDITORS, KEY, MEMBERS

ROUTES = {
    # name: (who may, method, arguments by the fixture)
    "health": (ANYBODY, "get", {}),
    "set_language": (ANYBODY, "post", {}),
    "home": (ANYBODY, "get", {}),
    "search": (ANYBODY, "get", {}),
    "patent": (ANYBODY, "get", {"key": KEY}),
    "patent_tab": (ANYBODY, "get", {"key": KEY, "tab": "right"}),
    "patent_chart": (ANYBODY, "get", {"key": KEY, "name": "none"}),
    "patent_similar": (ANYBODY, "get", {"key": KEY}),
    "patent_report": (ANYBODY, "get", {"key": KEY}),
    "evidence_lake": (ANYBODY, "get", {"table": "publications"}),
    "evidence": (ANYBODY, "get", {"key": KEY, "topic": "status"}),
    "evidence_of": (ANYBODY, "get", {"key": KEY, "topic": "field", "name": "title"}),
    "source": (ANYBODY, "get", {"sha256": "0" * 64}),
    "source_raw": (ANYBODY, "get", {"sha256": "0" * 64}),
    "compare": (ANYBODY, "get", {}),
    "marked_export": (ANYBODY, "get", {"form": "csv"}),
    "claims_diff": (ANYBODY, "get", {"key": KEY, "other": KEY}),
    "data": (ANYBODY, "get", {}),
    "data_problems": (ANYBODY, "get", {}),
    "data_files": (ANYBODY, "get", {}),
    "calculations": (ANYBODY, "get", {}),
    "calculation": (ANYBODY, "get", {"name": "fund.waterfall"}),
    "calculation_excel": (ANYBODY, "post", {"name": "fund.waterfall"}),
    "calculation_chart": (ANYBODY, "get", {"digest": "0" * 64}),
    "portfolio_sample": (ANYBODY, "get", {}),
    "desk": (ANY_MEMBER, "get", {}),
    "portfolios": (ANY_MEMBER, "get", {}),
    "portfolio_create": (ANY_EDITOR, "post", {}),
    "record_grade": (ANY_EDITOR, "post", {"key": KEY}),
    "record_opinion": (ANY_EDITOR, "post", {"key": KEY}),
    "record": (MEMBERS, "get", {"kind": "grade", "record_id": "record"}),
    "job": (MEMBERS, "get", {"job_id": "job"}),
    "job_cancel": (EDITORS, "post", {"job_id": "job"}),
    "portfolio": (MEMBERS, "get", {"portfolio_id": "portfolio"}),
    "portfolio_upload": (EDITORS, "post", {"portfolio_id": "portfolio"}),
    "portfolio_refresh": (EDITORS, "post", {"portfolio_id": "portfolio"}),
    "portfolio_delete": (EDITORS, "post", {"portfolio_id": "portfolio"}),
    "portfolio_problems": (MEMBERS, "get", {"portfolio_id": "portfolio", "upload_id": "upload"}),
    "portfolio_prune": (MEMBERS, "get", {"portfolio_id": "portfolio"}),
    "portfolio_chart": (MEMBERS, "get", {"portfolio_id": "portfolio", "name": "grades"}),
    "portfolio_evidence": (MEMBERS, "get", {"portfolio_id": "portfolio", "name": "graded"}),
    "portfolio_add": (ANY_MEMBER, "get", {}),
    "portfolio_add_marked": (ANY_EDITOR, "post", {}),
    "portfolio_export_marked": (MEMBERS, "get", {"portfolio_id": "portfolio", "form": "csv"}),
    "view_save": (ANY_MEMBER, "post", {}),
    "view_delete": (EDITORS, "post", {"view_id": "view"}),
    "portfolio_export": (MEMBERS, "get", {"portfolio_id": "portfolio", "form": "csv"}),
}


def owned(people):
    """A portfolio of the first organization with an upload, its job and a patent."""
    portfolio = Portfolio.objects.create(organization=people["first"], name="Own")
    job = job_queue(kind="portfolio_upload", payload={"portfolio": portfolio.pk}, organization=people["first"], by=people[Role.EDITOR])
    upload = Upload.objects.create(portfolio=portfolio, job=job, file_name="own.csv", sha256="0" * 64, size_bytes=1, stored="gone")
    PortfolioItem.objects.create(portfolio=portfolio, key="CN-1-A", title="A secret of the first organization", office="CN")
    record = RecordedGrade.objects.create(
        key=KEY,
        as_of=dt.date(2026, 1, 1),
        lake_version="v",
        body="{}",
        sha256="0" * 64,
        organization=people["first"],
        by=people[Role.EDITOR],
        scheme="gbt-42748-2023",
        scheme_version="1",
    )
    view = SavedView.objects.create(
        organization=people["first"], by=people[Role.EDITOR], name="Own view", place="portfolio", portfolio=portfolio, is_shared=True
    )
    return {"view": view.pk, "portfolio": portfolio.pk, "upload": upload.pk, "job": job.pk, "record": record.pk}

"""The long work of a portfolio: reading an upload into the organization's lake and assessing each patent."""

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from langqiao.data.lake.ingest import Progress, ingest
from langqiao.data.lake.store import Lake
from langqiao.data.pipeline import STAGES, run_stages
from langqiao.web.common.lake import organization_lake, site_lake
from langqiao.web.portfolio.assess import assessed, lakes_of
from langqiao.web.portfolio.models import Portfolio, PortfolioItem, RowProblem, Upload
from langqiao.web.work.models import ENDED, Job
from langqiao.web.work.services import job_queue, job_report

SAVED_AT_ONCE = 200
COMPUTED = {"indicators"}
"""The stages that an assessment reads; an organization's own lake has no search index."""
PROBLEMS_KEPT = 20_000
"""How many problems of one upload are kept for its page; the lake keeps all."""
FILLED = [field.name for field in PortfolioItem._meta.concrete_fields if field.name not in {"id", "portfolio", "key"}]  # noqa: SLF001


class ChangedFileError(ValueError):
    """The kept file is not the one that was uploaded."""


def upload_run(job: Job) -> None:
    """Reads an upload, computes, assesses; what was done before an interruption is not done again."""
    upload = Upload.objects.select_related("portfolio__organization").get(job=job)
    path = Path(upload.stored)
    job_report(job=job, stage="store", done=0, total=upload.size_bytes)
    if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != upload.sha256:
        raise ChangedFileError(f"{upload.file_name} is no longer there as it was uploaded")
    lake = organization_lake(upload.portfolio.organization_id)
    job_report(job=job, stage="read", done=0, total=upload.size_bytes)
    report = ingest([path], lake, progress=lambda told: _told(job, told))
    job_report(job=job, counts={"publications": report.publications, "problems": report.problems})
    keys = keys_of(lake, path)
    problems_keep(upload, lake, path)
    if keys:
        indicators_compute(job, lake)
    assess(job, upload.portfolio, keys, upload=upload)
    Upload.objects.filter(pk=upload.pk).update(patent_count=len(keys), problem_count=RowProblem.objects.filter(upload=upload).count())


def indicators_compute(job: Job, lake: Lake) -> None:
    """Computes what an assessment reads, for the whole lake of the organization; an upload without a patent needs none of it."""
    job_report(job=job, stage="index", done=0, total=None)
    for stage in run_stages(lake, timezone.localdate(), stages=[stage for stage in STAGES if stage.name in COMPUTED]):
        rows = stage.detail.get("rows")
        job_report(job=job, counts={stage.name: rows} if isinstance(rows, int) else {})


def refresh_run(job: Job) -> None:
    """Assesses every patent of a portfolio anew."""
    portfolio = Portfolio.objects.get(pk=job.payload["portfolio"], organization=job.organization)
    assess(job, portfolio, list(PortfolioItem.objects.filter(portfolio=portfolio).order_by("key").values_list("key", flat=True)))


def add_run(job: Job) -> None:
    """Assesses the marked patents and puts them into the portfolio."""
    portfolio = Portfolio.objects.get(pk=job.payload["portfolio"], organization=job.organization)
    assess(job, portfolio, job.payload["keys"])
    known = PortfolioItem.objects.filter(portfolio=portfolio, key__in=job.payload["keys"]).count()
    job_report(job=job, counts={"publications": known})


def refresh_queue() -> str:
    """Queues an assessment of every portfolio that holds patents and is not being worked on; the daily duty."""
    queued = 0
    for portfolio in Portfolio.objects.filter(items__isnull=False).distinct().select_related("organization"):
        running = Job.objects.filter(organization=portfolio.organization, payload__portfolio=portfolio.pk).exclude(state__in=ENDED)
        if not running.exists():
            job_queue(kind="portfolio_refresh", payload={"portfolio": portfolio.pk}, organization=portfolio.organization, by=None)
            queued += 1
    return f"{queued} portfolios queued"


def _told(job: Job, told: Progress) -> None:
    job_report(job=job, done=told.done_bytes, total=told.total_bytes, counts={"documents": told.documents, "problems": told.problems})


def keys_of(lake: Lake, path: Path) -> list[str]:
    """The publications that a file, or an archive's members, named."""
    found = lake.rows("publications", _within("source_file"), _places(path), latest=False)
    return sorted({row["key"] for row in found})


def _within(column: str) -> str:
    """The condition that a place is the file, a member of the archive (!) or a sheet of the workbook (#)."""
    return f'("{column}" = ? OR starts_with("{column}", ?) OR starts_with("{column}", ?))'


def _places(path: Path) -> list[str]:
    return [str(path), f"{path}!", f"{path}#"]


def problems_keep(upload: Upload, lake: Lake, path: Path) -> None:
    """Keeps the upload's problems where its page reads them, in the order of rows."""
    found = lake.rows("problems", f'{_within("where")} ORDER BY row, "offset"', _places(path))
    with transaction.atomic():
        RowProblem.objects.filter(upload=upload).delete()
        RowProblem.objects.bulk_create(
            [
                RowProblem(
                    upload=upload,
                    row=row["row"],
                    field=row["field"] or "",
                    code=row["code"],
                    message=(row["message"] or "").replace(str(path), upload.file_name),
                    severity=row["severity"],
                    raw=row["raw"] or "",
                )
                for row in found[:PROBLEMS_KEPT]
            ],
            batch_size=500,
        )


def assess(job: Job, portfolio: Portfolio, keys: Sequence[str], *, upload: Upload | None = None) -> None:
    """Assesses the patents and saves them a few hundred at a time, so that a canceled job leaves what it has done."""
    job_report(job=job, stage="assess", done=0, total=len(keys))
    done, today = 0, timezone.localdate()
    waiting: list[dict[str, Any]] = []
    for lake, chosen in lakes_of(site_lake(), organization_lake(portfolio.organization_id), keys):
        for fields in assessed(lake, chosen, today=today):
            waiting.append(fields)
            if len(waiting) >= SAVED_AT_ONCE:
                done += items_save(portfolio, waiting, upload)
                waiting = []
                job_report(job=job, done=done)
    done += items_save(portfolio, waiting, upload)
    job_report(job=job, done=done)


@transaction.atomic
def items_save(portfolio: Portfolio, found: Iterable[dict[str, Any]], upload: Upload | None) -> int:
    """Saves assessments, new patents added and known ones replaced; the number saved."""
    items = [PortfolioItem(portfolio=portfolio, upload=upload, **fields) for fields in found]
    filled = FILLED if upload is not None else [name for name in FILLED if name != "upload"]
    PortfolioItem.objects.bulk_create(
        items, update_conflicts=True, unique_fields=["portfolio", "key"], update_fields=filled, batch_size=200
    )
    return len(items)

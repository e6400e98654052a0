"""Writes of portfolios: make, upload, refresh, delete; each by a member who may edit, inside one organization."""

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.common.numbers import size
from langqiao.web.people.models import Membership, User
from langqiao.web.people.session import must_edit
from langqiao.web.portfolio.models import Portfolio, Upload
from langqiao.web.work.models import ENDED, Job
from langqiao.web.work.services import job_queue

SUFFIXES = (".xlsx", ".xls", ".csv", ".tsv", ".txt", ".xml", ".json", ".jsonl", ".zip", ".gz")
PORTFOLIOS_MAX = 200


@transaction.atomic
def portfolio_create(*, membership: Membership, name: str, by: User) -> Portfolio:
    """A new portfolio. Refused (name_missing, name_taken, too_many_portfolios)."""
    must_edit(membership)
    name = " ".join(name.split())
    if not name or len(name) > 120:
        raise Refusal("name_missing", _("Give the portfolio a name of at most 120 characters."))
    existing = Portfolio.objects.filter(organization=membership.organization)
    if existing.filter(name=name).exists():
        raise Refusal("name_taken", _("Your organization has a portfolio of that name already."))
    if existing.count() >= PORTFOLIOS_MAX:
        raise Refusal("too_many_portfolios", _("An organization may have %(n)d portfolios.") % {"n": PORTFOLIOS_MAX})
    try:
        with transaction.atomic():
            return Portfolio.objects.create(organization=membership.organization, name=name, by=by)
    except IntegrityError as error:
        raise Refusal("name_taken", _("Your organization has a portfolio of that name already.")) from error


def upload_create(*, membership: Membership, portfolio: Portfolio, file: "UploadedFile[bytes] | None", by: User) -> Upload:
    """Keeps the file's bytes and queues the job that reads and assesses it. Refused (file_missing, file_kind, file_too_large, file_empty)."""
    must_edit(membership)
    assert portfolio.organization_id == membership.organization_id
    if file is None:
        raise Refusal("file_missing", _("Choose a file first."))
    name = _plain_name(file.name or "")
    if not name.lower().endswith(SUFFIXES):
        raise Refusal("file_kind", _("%(name)s is none of %(kinds)s.") % {"name": name, "kinds": ", ".join(SUFFIXES)})
    if (file.size or 0) > settings.UPLOAD_MAX_BYTES:
        limit = size(settings.UPLOAD_MAX_BYTES)
        raise Refusal("file_too_large", _("The file has %(n)s; %(limit)s are allowed.") % {"n": size(file.size or 0), "limit": limit})
    if not file.size:
        raise Refusal("file_empty", _("The file is empty."))
    stored, digest = _kept(membership.organization_id, file, name)
    with transaction.atomic():
        job = job_queue(kind="portfolio_upload", payload={"portfolio": portfolio.pk}, organization=membership.organization, by=by)
        return Upload.objects.create(
            portfolio=portfolio, job=job, file_name=name, sha256=digest, size_bytes=file.size, stored=str(stored), by=by
        )


def _plain_name(name: str) -> str:
    """The name without folders and control characters; it is shown and becomes the name on disk after the hash."""
    last = re.split(r"[\\/]", name)[-1]
    return re.sub(r"[\x00-\x1f\x7f]", "", last).strip(". ")[-120:] or "upload"


def _kept(organization_id: int, file: "UploadedFile[bytes]", name: str) -> tuple[Path, str]:
    folder = Path(settings.MEDIA_ROOT) / str(organization_id)
    folder.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    staged = folder / f".{id(file)}.part"
    with staged.open("wb") as out:
        for chunk in file.chunks():
            digest.update(chunk)
            out.write(chunk)
    target = folder / digest.hexdigest()[:16] / re.sub(r"[^\w.\-()（）]+", "_", name)
    target.parent.mkdir(exist_ok=True)
    staged.replace(target)
    return target, digest.hexdigest()


@transaction.atomic
def portfolio_add(*, membership: Membership, portfolio: Portfolio, keys: Sequence[str], by: User) -> Job:
    """Queues the job that assesses known patents and puts them into the portfolio; a key that no lake of the member holds is left out there."""
    must_edit(membership)
    assert portfolio.organization_id == membership.organization_id
    payload = {"portfolio": portfolio.pk, "keys": list(keys)}
    return job_queue(kind="portfolio_add", payload=payload, organization=membership.organization, by=by)


@transaction.atomic
def portfolio_refresh(*, membership: Membership, portfolio: Portfolio, by: User) -> Job:
    """Queues a new assessment of every patent of the portfolio. Refused (job_running) while one goes on."""
    must_edit(membership)
    running = Job.objects.filter(organization=membership.organization, kind="portfolio_refresh", payload__portfolio=portfolio.pk)
    if running.exclude(state__in=ENDED).exists():
        raise Refusal("job_running", _("The portfolio is being recomputed already."))
    return job_queue(kind="portfolio_refresh", payload={"portfolio": portfolio.pk}, organization=membership.organization, by=by)


@transaction.atomic
def portfolio_delete(*, membership: Membership, portfolio: Portfolio, confirmed_name: str) -> None:
    """Deletes a portfolio and its items; the organization's lake and the uploaded files stay. Refused (name_differs, job_running)."""
    must_edit(membership)
    if confirmed_name.strip() != portfolio.name:
        raise Refusal("name_differs", _("To delete the portfolio, write its name: %(name)s.") % {"name": portfolio.name})
    if Job.objects.filter(organization=membership.organization, payload__portfolio=portfolio.pk).exclude(state__in=ENDED).exists():
        raise Refusal("job_running", _("A job works on the portfolio; cancel it first."))
    portfolio.delete()

"""The desk: portfolios filled and assessed, jobs, recorded grades and opinions, saved searches, watched rights, letters, annual fees."""

import datetime as dt
import uuid
from typing import Any, Literal

from django.urls import reverse
from django.utils import timezone
from pydantic import Field

from langqiao.data.appraisal import DEFAULT_SCHEME
from langqiao.web.api.endpoint import Call, Endpoint, Given, Nothing, Paging, Told
from langqiao.web.api.files import FILE_BODY_BYTES_MAX, FileGiven, uploaded
from langqiao.web.api.paging import listed, page
from langqiao.web.api.rooms.market import named
from langqiao.web.api.rooms.patents import patent_of
from langqiao.web.api.rooms.portfolios import PortfolioTold, portfolio_told
from langqiao.web.appraisals.services import grade_record, opinion_record
from langqiao.web.notices.models import Watch
from langqiao.web.notices.selectors import wish_of
from langqiao.web.notices.services import wish_set
from langqiao.web.notices.watching import feed_make, watch_add, watch_end
from langqiao.web.portfolio.models import Portfolio, SavedView
from langqiao.web.portfolio.selectors import portfolio_get
from langqiao.web.portfolio.services import portfolio_add, portfolio_create, portfolio_delete, portfolio_refresh, upload_create
from langqiao.web.portfolio.views import view_delete, view_save, views_list
from langqiao.web.rights.owned import owned_fees
from langqiao.web.work.models import Job
from langqiao.web.work.selectors import job_get
from langqiao.web.work.services import job_cancel


class JobTold(Told):
    """Long work: ask again until `state` is done, failed or canceled; `counts` says what it found so far."""

    id: uuid.UUID
    kind: str
    state: str
    stage: str
    done_count: int
    total_count: int | None
    counts: dict[str, Any]
    message: str


class JobsTold(Told):
    """A page of jobs, newest first."""

    items: list[JobTold]
    next_cursor: str | None


class NameGiven(Given):
    """A name."""

    name: str = Field(max_length=200)


class PatentsGiven(Given):
    """Patents by number in any form."""

    patents: list[str] = Field(min_length=1, max_length=500)


class GoneTold(Told):
    """What was deleted or ended."""

    done: bool


class GradeGiven(Given):
    """Scheme and scene; empty: the usual ones."""

    scheme: str = Field(default="", max_length=60)
    scene: str = Field(default="", max_length=60)


class RecordedTold(Told):
    """A recorded grade or opinion, which nobody changes: its hash, the version of the lake it was computed from."""

    id: uuid.UUID
    kind: str
    key: str
    as_of: dt.date
    sha256: str
    lake_version: str


class ViewGiven(Given):
    """A saved search: the parameters of the page of the search, as `q=lithium&office=CN`."""

    name: str = Field(max_length=200)
    query: str = Field(max_length=2000)
    shared: bool = False


class ViewTold(Told):
    """A saved search; `mine` false: a colleague shares it."""

    id: int
    name: str
    query: str
    is_shared: bool
    mine: bool


class ViewsTold(Told):
    """Saved searches by name."""

    items: list[ViewTold]


class FeedTold(Told):
    """The path of a feed (RSS) of a saved search: told in this answer only, a new one ends the old."""

    path: str


class NumberGiven(Given):
    """A patent number in any form."""

    number: str = Field(min_length=1, max_length=80)


class WatchTold(Told):
    """A watched right and what was told of it last."""

    id: int
    key: str
    number: str
    status: str
    burdens: str


class WatchesTold(Told):
    """A page of watched rights."""

    items: list[WatchTold]
    next_cursor: str | None


class WishGiven(Given):
    """What comes by mail."""

    what: Literal["nothing", "deadlines", "everything"]


class WishTold(Told):
    """What comes by mail."""

    what: str


class FeesAsked(Given):
    """The day of payment (default: today), and until when fees are listed (default: a year)."""

    pay_on: dt.date | None = None
    until: dt.date | None = None


class FeeTold(Told):
    """An annual fee as paid on the day asked about; null is not in our tables."""

    key: str
    patent_year: int
    due_on: dt.date
    last_day: dt.date
    full_fen: int | None
    reduction: float
    fee_fen: int | None
    surcharge_fen: int
    total_fen: int | None
    standing: str


class FeesTold(Told):
    """Fees that are late or fall due, by due day: the calendar, and the lines of a payment order."""

    items: list[FeeTold]


def _portfolio(call: Call) -> Portfolio:
    return portfolio_get(portfolio_id=call.path["portfolio_id"], organization=call.membership.organization)


def _job(one: Job) -> JobTold:
    return JobTold(**{name: getattr(one, name) for name in JobTold.model_fields})


def portfolio_new(call: Call) -> PortfolioTold:
    """Makes a portfolio."""
    return portfolio_told(portfolio_create(membership=call.membership, name=call.body.name, by=call.user))


def upload(call: Call) -> JobTold:
    """Uploads a table of patents; the job reads, assesses and fills the portfolio."""
    made = upload_create(membership=call.membership, portfolio=_portfolio(call), file=uploaded(call.body, "body"), by=call.user)
    assert made.job is not None, "an upload queues its job"
    return _job(made.job)


def add(call: Call) -> JobTold:
    """Puts known patents into a portfolio."""
    found = _portfolio(call)
    keys = [one.key for one in named(call.body.patents, call.membership.organization)]
    return _job(portfolio_add(membership=call.membership, portfolio=found, keys=keys, by=call.user))


def refresh(call: Call) -> JobTold:
    """Assesses every patent of a portfolio anew."""
    return _job(portfolio_refresh(membership=call.membership, portfolio=_portfolio(call), by=call.user))


def delete(call: Call) -> GoneTold:
    """Deletes a portfolio, named by its name."""
    portfolio_delete(membership=call.membership, portfolio=_portfolio(call), confirmed_name=call.body.name)
    return GoneTold(done=True)


def jobs(call: Call) -> JobsTold:
    """The organization's jobs."""
    found = Job.objects.filter(organization=call.membership.organization)
    rows, after = page(found, by=("created_at", "pk"), cursor=call.query.cursor, limit=call.query.limit)
    return JobsTold(**listed(rows, _job, after))


def job(call: Call) -> JobTold:
    """One job."""
    return _job(job_get(job_id=call.uuid("job_id"), organization=call.membership.organization))


def job_stop(call: Call) -> JobTold:
    """Cancels a job."""
    found = job_get(job_id=call.uuid("job_id"), organization=call.membership.organization)
    return _job(job_cancel(job_id=found.pk, membership=call.membership))


def _recorded(kind: str, one: Any) -> RecordedTold:
    return RecordedTold(id=one.pk, kind=kind, key=one.key, as_of=one.as_of, sha256=one.sha256, lake_version=one.lake_version)


def grade(call: Call) -> RecordedTold:
    """Records the grade as it is computed now."""
    given = call.body
    made = grade_record(
        membership=call.membership, patent=patent_of(call), scheme=given.scheme or DEFAULT_SCHEME, scene=given.scene, by=call.user
    )
    return _recorded("grade", made)


def opinion(call: Call) -> RecordedTold:
    """Records the opinion of value as it is computed now."""
    return _recorded("opinion", opinion_record(membership=call.membership, patent=patent_of(call), by=call.user))


def _view(one: SavedView, call: Call) -> ViewTold:
    return ViewTold(id=one.pk, name=one.name, query=one.query, is_shared=one.is_shared, mine=one.by_id == call.user.pk)


def views(call: Call) -> ViewsTold:
    """The saved searches that the member sees."""
    return ViewsTold(items=[_view(one, call) for one in views_list(membership=call.membership, place="search")])


def view_new(call: Call) -> ViewTold:
    """Saves a search; the member's own of that name is replaced."""
    given = call.body
    made = view_save(membership=call.membership, by=call.user, name=given.name, place="search", query=given.query, shared=given.shared)
    return _view(made, call)


def view_end(call: Call) -> ViewsTold:
    """Deletes a saved search."""
    view_delete(membership=call.membership, view_id=call.path["view_id"])
    return views(call)


def feed(call: Call) -> FeedTold:
    """Gives a saved search an address for feed readers."""
    _made, token = feed_make(membership=call.membership, view_id=call.path["view_id"])
    return FeedTold(path=reverse("feed", kwargs={"token": token}))


def _watch(one: Watch) -> WatchTold:
    return WatchTold(id=one.pk, **{name: getattr(one, name) for name in ("key", "number", "status", "burdens")})


def watches(call: Call) -> WatchesTold:
    """The rights the organization watches."""
    found = Watch.objects.filter(organization=call.membership.organization)
    rows, after = page(found, by=("pk",), cursor=call.query.cursor, limit=call.query.limit)
    return WatchesTold(**listed(rows, _watch, after))


def watch_new(call: Call) -> WatchTold:
    """Watches a right."""
    return _watch(watch_add(membership=call.membership, number=call.body.number, by=call.user))


def watch_stop(call: Call) -> GoneTold:
    """Stops watching a right."""
    watch_end(membership=call.membership, watch_id=call.path["watch_id"])
    return GoneTold(done=True)


def wish(call: Call) -> WishTold:
    """What the member gets by mail."""
    return WishTold(what=wish_of(call.membership))


def wish_new(call: Call) -> WishTold:
    """Chooses what comes by mail."""
    return WishTold(what=wish_set(membership=call.membership, what=call.body.what).what)


def fees(call: Call) -> FeesTold:
    """The annual fees of the organization's rights."""
    pay_on = call.query.pay_on or timezone.localdate()
    found = owned_fees(call.membership.organization, pay_on=call.query.pay_on)
    until = call.query.until or pay_on + dt.timedelta(days=365)
    return FeesTold(
        items=[
            FeeTold(
                key=one.key, patent_year=one.year, due_on=one.due_date, last_day=one.grace_end, full_fen=one.full_fen, reduction=one.share,
                fee_fen=one.amount_fen, surcharge_fen=one.surcharge_fen, total_fen=one.total_fen, standing=one.standing,
            )
            for one in found.due(until)
        ]
    )  # fmt: skip


WRITES: dict[str, Any] = {"method": "POST", "scope": "desk", "role": "editor", "status": 201}
OWN: dict[str, Any] = {"method": "POST", "scope": "desk"}
READS: dict[str, Any] = {"method": "GET", "scope": "read"}
ENDPOINTS = (
    Endpoint(
        **WRITES, path="/portfolios", name="portfolio_new", act=portfolio_new, answer=PortfolioTold, body=NameGiven, summary="Make a portfolio",
        example={"name": "Batteries"},
    ),
    Endpoint(
        **WRITES, path="/portfolios/{portfolio_id:int}/uploads", name="portfolio_upload", act=upload, answer=JobTold, body=FileGiven,
        body_bytes_max=FILE_BODY_BYTES_MAX, summary="Upload a table of patents", example={"name": "list.csv", "content_base64": "bnVtYmVy"},
    ),
    Endpoint(
        **WRITES, path="/portfolios/{portfolio_id:int}/patents", name="portfolio_add", act=add, answer=JobTold, body=PatentsGiven,
        summary="Put known patents into a portfolio", example={"patents": ["CN 102329749 B"]},
    ),
    Endpoint(
        **WRITES, path="/portfolios/{portfolio_id:int}/refresh", name="portfolio_refresh", act=refresh, answer=JobTold, body=Nothing,
        summary="Assess a portfolio anew",
    ),
    Endpoint(
        **WRITES, path="/portfolios/{portfolio_id:int}/delete", name="portfolio_delete", act=delete, answer=GoneTold, body=NameGiven,
        summary="Delete a portfolio", example={"name": "Batteries"},
    ),
    Endpoint(**READS, path="/jobs", name="jobs", act=jobs, answer=JobsTold, query=Paging, summary="The organization's jobs"),
    Endpoint(**READS, path="/jobs/{job_id:uuid}", name="job", act=job, answer=JobTold, summary="One job"),
    Endpoint(
        **OWN, path="/jobs/{job_id:uuid}/cancel", name="job_cancel", act=job_stop, answer=JobTold, body=Nothing, role="editor",
        summary="Cancel a job",
    ),
    Endpoint(
        **WRITES, path="/patents/{key}/grades", name="grade_record", act=grade, answer=RecordedTold, body=GradeGiven, summary="Record a grade",
        example={},
    ),
    Endpoint(
        **WRITES, path="/patents/{key}/opinions", name="opinion_record", act=opinion, answer=RecordedTold, body=Nothing,
        summary="Record an opinion of value",
    ),
    Endpoint(**READS, path="/views", name="views", act=views, answer=ViewsTold, summary="Saved searches"),
    Endpoint(
        **OWN, path="/views", name="view_new", act=view_new, answer=ViewTold, body=ViewGiven, status=201, summary="Save a search",
        example={"name": "Lithium", "query": "q=lithium"},
    ),
    Endpoint(
        **OWN, path="/views/{view_id:int}/delete", name="view_end", act=view_end, answer=ViewsTold, body=Nothing, summary="Delete a search",
    ),
    Endpoint(
        **OWN, path="/views/{view_id:int}/feed", name="view_feed", act=feed, answer=FeedTold, body=Nothing, status=201,
        summary="A feed of a saved search",
    ),
    Endpoint(**READS, path="/watches", name="watches", act=watches, answer=WatchesTold, query=Paging, summary="Watched rights"),
    Endpoint(
        **WRITES, path="/watches", name="watch_new", act=watch_new, answer=WatchTold, body=NumberGiven, summary="Watch a right",
        example={"number": "CN 102329749 B"},
    ),
    Endpoint(
        **OWN, path="/watches/{watch_id:int}/end", name="watch_end", act=watch_stop, answer=GoneTold, body=Nothing, role="editor",
        summary="Stop watching",
    ),
    Endpoint(**READS, path="/mail-wish", name="mail_wish", act=wish, answer=WishTold, summary="What comes by mail"),
    Endpoint(
        **OWN, path="/mail-wish", name="mail_wish_set", act=wish_new, answer=WishTold, body=WishGiven, summary="Choose what comes by mail",
        example={"what": "deadlines"},
    ),
    Endpoint(
        **READS, path="/annuities", name="annuities", act=fees, answer=FeesTold, query=FeesAsked,
        summary="Annual fees of the organization's rights: calendar and payment order",
    ),
)  # fmt: skip

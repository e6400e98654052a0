"""Patents: search, one publication, the right behind it as the member may see it, what each operation meets, grade, value."""

import datetime as dt
import html
import re
from typing import Any

from django.http import QueryDict
from pydantic import Field

from langqiao.data.appraisal import DEFAULT_SCHEME
from langqiao.engine.kernel.refusal import Refusal
from langqiao.rules.scheme_reader import schemes
from langqiao.web.api.endpoint import Call, Endpoint, Given, Told
from langqiao.web.api.paging import bad_cursor, cursor_of, cursor_values
from langqiao.web.api.problems import ApiError
from langqiao.web.appraisals.judged import grade_of, opinion_of
from langqiao.web.common.lake import index_folder, organization_lake, site_lake
from langqiao.web.patents.finding import PAGE_SIZE, index_stamp, patents_find, query_read
from langqiao.web.patents.rights import unknown_words
from langqiao.web.patents.view import Patent, patent_get
from langqiao.web.rights.answers import Said, answers_for
from langqiao.web.rights.seen import seen_by

_MARK = re.compile("</?b>")
REST = ("filed_from", "filed_to", "published_from", "published_to")


class SearchAsked(Given):
    """Words in any of title, abstract, claims, owner, number; narrowing by facets; 25 a page."""

    q: str = Field(default="", max_length=2000)
    mode: str = Field(default="words", pattern="^(words|meaning|both)$")
    order: str = Field(default="", pattern="^(|newest|oldest|filed-newest|filed-oldest)$")
    office: list[str] = Field(default=[], max_length=20)
    patent_type: list[str] = Field(default=[], max_length=20)
    status: list[str] = Field(default=[], max_length=20)
    grade: list[str] = Field(default=[], max_length=20)
    ipc: list[str] = Field(default=[], max_length=20)
    filed_from: dt.date | None = None
    filed_to: dt.date | None = None
    published_from: dt.date | None = None
    published_to: dt.date | None = None
    cursor: str | None = Field(default=None, max_length=500)


class HitTold(Told):
    """A publication found. Days are null where not known."""

    key: str
    title: str
    snippet: str
    owners: str
    office: str
    patent_type: str
    status: str
    grade: str
    filed: dt.date | None
    published: dt.date | None


class HitsTold(Told):
    """A page of results. `understood`: how the words were read; `jump`: the key, where the words are one patent's number."""

    items: list[HitTold]
    total: int
    understood: str
    jump: str | None
    next_cursor: str | None


class PartyTold(Told):
    """Somebody a publication names."""

    role: str
    name: str


class PatentTold(Told):
    """A publication as the lake holds it."""

    key: str
    office: str
    title: str
    title_zh: str
    title_en: str
    abstract: str
    patent_type: str
    application_number: str
    filing_date: dt.date | None
    publication_date: dt.date | None
    grant_date: dt.date | None
    parties: list[PartyTold]
    claim_count: int
    classifications: list[str]


class OwnerTold(Told):
    """An owner by registered name; the share as a fraction, null where not stated; the organization of this site, if it is one."""

    name: str
    share: str | None
    organization_id: int | None


class BurdenTold(Told):
    """An encumbrance in force today. Null scope: without limit. `until` is the first day outside."""

    kind: str
    holder: str
    reference: str
    territories: list[str] | None
    fields: list[str] | None
    since: dt.date | None
    until: dt.date | None


class RightTold(Told):
    """The right behind a publication today, as this member may see it."""

    key: str
    status: str
    granted: bool
    certain: bool
    unknown: list[str]
    ends_on: dt.date | None
    owners: list[OwnerTold]
    burdens: list[BurdenTold]
    inside: bool = Field(description="whether the member belongs to an owner or a reviewer and sees licenses that are not recorded")


class ReasonTold(Told):
    """A reason with its sentence, article and way out."""

    code: str
    message: str
    article: str
    fix: str


class OperationTold(Told):
    """What the one check says of an operation today: allowed, consents, refused or no_base."""

    operation: str
    verdict: str
    reasons: list[ReasonTold]
    warnings: list[ReasonTold]
    needs: list[str]


class OperationsTold(Told):
    """Every operation; empty for a right of another office than China's."""

    key: str
    operations: list[OperationTold]


class GradeAsked(Given):
    """Scheme and scene; the default scheme and its first scene where none is named."""

    scheme: str = Field(default=DEFAULT_SCHEME, max_length=60)
    scene: str = Field(default="", max_length=60)


class LeafTold(Told):
    """One indicator: score, null where unknown, and where it comes from."""

    code: str
    title: str
    weight: float
    score: float | None
    origin: str
    reason: str


class GradeTold(Told):
    """A grade under a scheme. `coverage`: the share of the weight that evidence covers; a missing indicator is no zero."""

    key: str
    scheme: str
    scheme_version: str
    scene: str
    as_of: dt.date
    score: float | None
    floor: float | None
    ceiling: float | None
    coverage: float
    letter: str
    letter_reason: str
    leaves: list[LeafTold]
    sha256: str


class ValueTold(Told):
    """An opinion of value as a range, in fen of the currency, from the record alone."""

    key: str
    as_of: dt.date
    currency: str
    p10_fen: int
    p50_fen: int
    p90_fen: int
    basis: str
    words: list[str]
    conditions: list[str]
    sha256: str


def _day(number: int | None) -> dt.date | None:
    return dt.date(number // 10000, number // 100 % 100, number % 100) if number else None


def _plain(text: str) -> str:
    return html.unescape(_MARK.sub("", text))


def search(call: Call) -> HitsTold:
    """Searches the lake of the site. A cursor of before the index was rebuilt is refused (422, bad_cursor): begin anew."""
    asked, lake = call.query, site_lake()
    stamp = str(index_stamp(index_folder(lake)))
    number = "1"
    if asked.cursor:
        then, number = cursor_values(asked.cursor, 2)
        if then != stamp or not (number.isascii() and number.isdigit() and len(number) < 6):
            raise bad_cursor()
    given = QueryDict(mutable=True)
    given.update({"q": asked.q, "mode": asked.mode, "order": asked.order, "page": number})
    given.update({name: day.isoformat() for name in REST if (day := getattr(asked, name))})
    for name in ("office", "patent_type", "status", "grade", "ipc"):
        given.setlist(name, getattr(asked, name))
    query = query_read(given)
    found = patents_find(lake, query)
    if found is None:
        return HitsTold(items=[], total=0, understood="", jump=None, next_cursor=None)
    results = found.results
    more = query.page * PAGE_SIZE < results.total and bool(results.hits)
    return HitsTold(
        items=[_hit(hit) for hit in results.hits],
        total=results.total,
        understood=results.understood,
        jump=results.jump,
        next_cursor=cursor_of([stamp, query.page + 1]) if more else None,
    )


def _hit(hit: Any) -> HitTold:
    same = {name: getattr(hit, name) for name in ("key", "owners", "office", "patent_type", "status", "grade")}
    return HitTold(**same, title=_plain(hit.title), snippet=_plain(hit.snippet), filed=_day(hit.filed), published=_day(hit.published))


def patent_of(call: Call) -> Patent:
    """From the lake of the site, else of the organization's own uploads. Refused (not_a_patent)."""
    key = call.path["key"]
    try:
        return patent_get(site_lake(), key)
    except Refusal:
        return patent_get(organization_lake(call.membership.organization_id), key)


def patent(call: Call) -> PatentTold:
    """One publication."""
    found = patent_of(call)
    row = found.row
    texts = ("office", "title", "title_zh", "title_en", "abstract", "patent_type", "application_number")
    return PatentTold(
        key=found.key,
        **{name: row.get(name) or "" for name in texts},
        **{name: row.get(name) for name in ("filing_date", "publication_date", "grant_date")},
        parties=[PartyTold(role=party["role"], name=party["name"] or "") for party in found.rows("parties")],
        claim_count=len(found.rows("claims")) or row.get("claim_count") or 0,
        classifications=sorted({one["symbol"] for one in found.rows("classifications") if one.get("symbol")}),
    )


def right(call: Call) -> RightTold:
    """Status, term, owners and encumbrances of today; what only a contract says is told to its parties and the owners."""
    seen = seen_by(call.membership, call.path["key"])
    view = seen.held.view
    return RightTold(
        key=seen.held.key,
        status=view.status,
        granted=view.granted,
        certain=view.certain,
        unknown=unknown_words(view.unknown),
        ends_on=view.end,
        owners=[
            OwnerTold(name=one.name, share=None if one.share is None else str(one.share), organization_id=one.organization)
            for one in seen.held.owners
        ],
        burdens=[_burden(one) for one in seen.held.standing.encumbrances],
        inside=seen.viewer.inside,
    )


def _burden(one: Any) -> BurdenTold:
    scope = one.scope
    return BurdenTold(
        kind=one.kind,
        holder=one.holder,
        reference=one.reference,
        territories=None if scope.territories is None else sorted(scope.territories),
        fields=None if scope.fields is None else sorted(scope.fields),
        since=scope.start,
        until=scope.end,
    )


def reason_told(one: Said) -> ReasonTold:
    """A reason in the reader's language."""
    return ReasonTold(code=one.code, message=one.sentence, article=one.article, fix=one.fix)


def operations(call: Call) -> OperationsTold:
    """What every operation meets today, with every reason and its article."""
    seen = seen_by(call.membership, call.path["key"])
    told = [
        OperationTold(
            operation=one.name,
            verdict=one.verdict,
            reasons=[reason_told(reason) for reason in one.reasons],
            warnings=[reason_told(reason) for reason in one.warnings],
            needs=list(one.needs),
        )
        for one in answers_for(seen)
    ]
    return OperationsTold(key=seen.held.key, operations=told)


def grade(call: Call) -> GradeTold:
    """The grade of today under a scheme, every indicator with its origin."""
    found = grade_of(patent_of(call), call.query.scheme, call.query.scene)
    if found is None:
        known = ", ".join(sorted(schemes()))
        raise ApiError(422, "bad_input", f"no such scheme or scene; schemes: {known}", field="scheme")
    leaves = [
        LeafTold(code=one.code, title=one.title["en"], weight=one.weight, score=one.score, origin=one.origin, reason=one.reason)
        for one in found.leaves
    ]
    names = (
        "key",
        "scheme",
        "scheme_version",
        "scene",
        "as_of",
        "score",
        "floor",
        "ceiling",
        "coverage",
        "letter",
        "letter_reason",
        "sha256",
    )
    return GradeTold(**{name: getattr(found, name) for name in names}, leaves=leaves)


def value(call: Call) -> ValueTold:
    """The opinion of value from the record alone; refused (409) with what is missing where the record does not suffice."""
    found = opinion_of(patent_of(call))
    if isinstance(found, Refusal):
        raise found
    return ValueTold(
        key=found.key, as_of=found.as_of, currency=found.currency, p10_fen=found.p10, p50_fen=found.p50, p90_fen=found.p90,
        basis=found.basis, words=[one.en for one in found.words], conditions=list(found.conditions), sha256=found.sha256,
    )  # fmt: skip


ENDPOINTS = (
    Endpoint(
        method="GET", path="/patents", name="patents", scope="read", act=search, answer=HitsTold, query=SearchAsked,
        summary="Search patents",
    ),
    Endpoint(
        method="GET", path="/patents/{key}", name="patent", scope="read", act=patent, answer=PatentTold, summary="One publication",
    ),
    Endpoint(
        method="GET", path="/patents/{key}/right", name="patent_right", scope="read", act=right, answer=RightTold,
        summary="The right today: status, owners, encumbrances, as the member may see them",
    ),
    Endpoint(
        method="GET", path="/patents/{key}/operations", name="patent_operations", scope="read", act=operations, answer=OperationsTold,
        summary="What each operation meets today, with every reason and its article",
    ),
    Endpoint(
        method="GET", path="/patents/{key}/grade", name="patent_grade", scope="read", act=grade, answer=GradeTold, query=GradeAsked,
        summary="The grade under a scheme",
    ),
    Endpoint(
        method="GET", path="/patents/{key}/value", name="patent_value", scope="read", act=value, answer=ValueTold,
        summary="The opinion of value as a range",
    ),
)  # fmt: skip

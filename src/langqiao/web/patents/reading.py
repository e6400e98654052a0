"""Which lake a page reads for a person: the site's for everybody, then the lake of the organization the session works for."""

from collections.abc import Iterator

from django.http import HttpRequest

from langqiao.data.lake.store import Lake
from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.common.lake import organization_lake, site_lake
from langqiao.web.patents.sources import RawSource, source_get
from langqiao.web.patents.view import Patent, patent_get
from langqiao.web.people.session import membership_of


def lakes_for(request: HttpRequest) -> Iterator[Lake]:
    """The lakes the request may read, in order; another organization's is never among them."""
    yield site_lake()
    membership = membership_of(request) if request.user.is_authenticated else None
    if membership is not None:
        yield organization_lake(membership.organization_id)


def patent_for(request: HttpRequest, key: str) -> Patent:
    """The patent from the first lake that holds it. Refused (not_a_patent) where none does."""
    refused: Refusal | None = None
    for lake in lakes_for(request):
        try:
            return patent_get(lake, key)
        except Refusal as refusal:
            refused = refused or refusal
    assert refused is not None
    raise refused


def source_for(request: HttpRequest, sha256: str) -> RawSource:
    """The raw record from the first lake that knows it. Refused (not_found) where none does."""
    refused: Refusal | None = None
    for lake in lakes_for(request):
        try:
            return source_get(lake, sha256)
        except Refusal as refusal:
            refused = refused or refusal
    assert refused is not None
    raise refused

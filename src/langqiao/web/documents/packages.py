"""Packages for offices: the papers that are there and missing, the countdown, papers added by the parties, and the ZIP with its manifest."""

import datetime as dt
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.contracts.clause import Language
from langqiao.engine.contracts.package import Given, Item, Package, checklist, due_on, require_complete
from langqiao.engine.kernel.dates import beijing_day
from langqiao.engine.kernel.refusal import Refusal
from langqiao.rules import parameters
from langqiao.rules.package_reader import packages
from langqiao.rules.refusals import cite
from langqiao.web.documents.files import sha256_of
from langqiao.web.documents.models import PDF, ZIP, Document
from langqiao.web.documents.selectors import documents_for, fully_signed
from langqiao.web.documents.services import File, document_bytes, document_store
from langqiao.web.people.models import Membership, Organization, User
from langqiao.web.people.session import must_edit

PAPER_BYTES_MAX = 20 * 1024 * 1024
ZIP_DAY = (1980, 1, 1, 0, 0, 0)
TERM_FACTS = ("buyer_is_foreign", "state_unit", "price_by", "license_kind")
"""Facts that a contract's terms hold under the same name."""
TERMS_THAT_TELL = {"co_owned": "co_owners", "pledged": "pledgee_consent", "appraised": "appraised_fen"}
"""Fact → the term whose presence says it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageState:
    """A package of a subject today: its checklist, the facts it follows from, the last day and how many days are left (negative: late)."""

    package: Package
    facts: Mapping[str, Any]
    items: tuple[Item, ...]
    documents: Mapping[str, Document]
    due_on: dt.date | None
    days_left: int | None

    @property
    def complete(self) -> bool:
        """Whether every paper is there and signed."""
        return all(item.state == "there" for item in self.items)


def package_named(kind: str) -> Package:
    """The package of that kind. Refused (document_kind_unknown)."""
    found = packages().get(kind)
    if found is None:
        raise Refusal("document_kind_unknown", _("There is no kind of package %(kind)s.") % {"kind": kind[:60]}, facts={"kind": kind[:60]})
    return found


def paper_kind(package: str, paper: str) -> str:
    """Under which kind a paper that the parties gave is kept."""
    return f"paper.{package}.{paper}"[:60]


def package_state(*, kind: str, subject: str, facts: Mapping[str, Any], today: dt.date) -> PackageState:
    """What the package needs and has. `facts` go before those that the contract's own terms tell."""
    package = package_named(kind)
    found = _newest(package, subject)
    known = {**_facts_told(found), **{name: value for name, value in facts.items() if value not in (None, "")}}
    given = {paper: Given(name=one.title, sha256=one.sha256, complete=_complete(one)) for paper, one in found.items()}
    last = due_on(package, known, parameters())
    return PackageState(
        package=package,
        facts=known,
        items=checklist(package, known, given),
        documents=found,
        due_on=last,
        days_left=(last - today).days if last else None,
    )


def _complete(document: Document) -> bool:
    """Papers of the parties bear their signatures on paper; documents of this platform in the file."""
    return document.kind.startswith("paper.") or fully_signed(document)


def _newest(package: Package, subject: str) -> dict[str, Document]:
    """Paper → the newest version of its document; of two languages the one that more sides have signed."""
    documents = documents_for(subject)
    found = {}
    for paper in package.papers:
        kinds = (*paper.kinds, paper_kind(package.kind, paper.id))
        mine = [one for one in documents if one.kind in kinds]
        newest = {(one.kind, one.language): one for one in sorted(mine, key=lambda one: one.version)}
        if newest:
            found[paper.id] = max(newest.values(), key=lambda one: (len(one.signatures.all()), one.language == "zh", one.version))
    return found


def _facts_told(documents: Mapping[str, Document]) -> dict[str, Any]:
    """What the terms and the last signature of the contract say."""
    contract = next((one for one in documents.values() if not one.kind.startswith("paper.")), None)
    if contract is None:
        return {}
    terms = json.loads(contract.made_from).get("terms", {})
    told: dict[str, Any] = {name: terms[name] for name in TERM_FACTS if name in terms}
    told |= {fact: True for fact, term in TERMS_THAT_TELL.items() if terms.get(term)}
    signatures = list(contract.signatures.all())
    if signatures and fully_signed(contract):
        told["effective_on"] = beijing_day(max(one.signed_at for one in signatures)).isoformat()
    return told


def parties_of_subject(subject: str) -> dict[str, Organization]:
    """Side → organization, as the documents of a subject name them."""
    found: dict[str, Organization] = {}
    for document in documents_for(subject):
        for party in document.parties.all():
            found.setdefault(party.side, party.organization)
    return found


@transaction.atomic
def paper_add(*, package: str, paper: str, subject: str, content: bytes, membership: Membership, user: User) -> Document:
    """Keeps a paper that a party gives as PDF; every organization named on the subject may read it. Refused: not_allowed, paper_not_readable."""
    must_edit(membership)
    named = package_named(package)
    wanted = next((one for one in named.papers if one.id == paper), None)
    if wanted is None or wanted.kinds:
        raise Refusal("document_kind_unknown", _("The package asks for no such paper."), facts={"kind": paper[:60]})
    pages = _pages_of(content)
    made_from = {"package": package, "paper": paper, "pages": pages, "sha256": sha256_of(content)}
    file = File(title=wanted.title["zh"], media_type=PDF, content=content, made_from=made_from)
    organizations = parties_of_subject(subject)
    return document_store(kind=paper_kind(package, paper), subject=subject, language="zh", file=file, organizations=organizations, by=user)


def _pages_of(content: bytes) -> int:
    """How many pages a PDF has. Refused (paper_not_readable) for what is none."""
    if not content.startswith(b"%PDF-") or len(content) > PAPER_BYTES_MAX:
        raise Refusal("paper_not_readable", _("This file is no PDF, or it is too large."))
    from pyhanko.pdf_utils.misc import PdfError  # noqa: PLC0415 - the start of the site does not wait for it
    from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: PLC0415

    try:
        pages = int(PdfFileReader(io.BytesIO(content), strict=False).root["/Pages"]["/Count"])
    except (PdfError, ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as wrong:
        raise Refusal("paper_not_readable", _("This PDF cannot be read.")) from wrong
    if pages < 1:
        raise Refusal("paper_not_readable", _("This PDF has no page."))
    return pages


@transaction.atomic
def package_make(
    *, kind: str, subject: str, language: Language, facts: Mapping[str, Any], organizations: Mapping[str, Organization], by: User
) -> Document:
    """The ZIP of a complete package with its manifest, kept as a document. Refused: package_incomplete, document_damaged."""
    state = package_state(kind=kind, subject=subject, facts=facts, today=beijing_day(timezone.now()))
    require_complete(state.items)
    files = [(item, state.documents[item.paper.id]) for item in state.items]
    manifest = manifest_of(state, files, subject)
    members = [(entry["name"], document_bytes(document)) for entry, (_item, document) in zip(manifest["files"], files, strict=True)]
    file = File(title=state.package.title[language], media_type=ZIP, content=zipped(manifest, members), made_from={"manifest": manifest})
    return document_store(kind=f"package.{kind}", subject=subject, language=language, file=file, organizations=organizations, by=by)


def manifest_of(state: PackageState, files: Sequence[tuple[Item, Document]], subject: str) -> dict[str, Any]:
    """What is in the ZIP and why: each file with its hash, the paper it is, the article that asks for it."""
    entries = []
    for place, (item, document) in enumerate(files, 1):
        content = document_bytes(document)
        entries.append(
            {
                "name": f"{place:02d}-{item.paper.id}.pdf",
                "paper": dict(item.paper.title),
                "source": {"en": item.paper.source, "zh": cite(item.paper.source, "zh")},
                "confirmed": item.paper.confirmed,
                "document": str(document.pk),
                "version": document.version,
                "signatures": len(document.signatures.all()),
                "sha256": sha256_of(content),
                "size_bytes": len(content),
            }
        )
    return {
        "package": state.package.kind,
        "title": dict(state.package.title),
        "article": {"en": state.package.article, "zh": cite(state.package.article, "zh")},
        "subject": subject,
        "due_on": state.due_on.isoformat() if state.due_on else None,
        "files": entries,
    }


def zipped(manifest: Mapping[str, Any], members: Sequence[tuple[str, bytes]]) -> bytes:
    """The archive: the manifest first, then the papers in the order of filing; the same content gives the same bytes."""
    made = io.BytesIO()
    text = json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True).encode()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in [("manifest.json", text), *members]:
            member = zipfile.ZipInfo(name, date_time=ZIP_DAY)
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, content)
    return made.getvalue()

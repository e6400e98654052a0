"""The pages of packages for offices: the checklist with its sources and countdown, adding a paper, making the ZIP."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from langqiao.engine.kernel.dates import beijing_day
from langqiao.engine.kernel.refusal import Refusal
from langqiao.rules.refusals import cite
from langqiao.web.documents.packages import (
    PAPER_BYTES_MAX,
    PackageState,
    package_make,
    package_named,
    package_state,
    paper_add,
    parties_of_subject,
)
from langqiao.web.documents.pages import language_of_page
from langqiao.web.documents.selectors import documents_for
from langqiao.web.documents.words import FACT_CHOICES, FACTS, PAPER_STATES, PAPER_TONES, YES_NO
from langqiao.web.people.models import Membership, User
from langqiao.web.people.session import member_page, must_edit


def _subject_of(membership: Membership, kind: str, key: str) -> str:
    """The subject, for an organization that is named on one of its documents. Refused (not_found) otherwise."""
    subject = f"{kind}/{key}"
    if not documents_for(subject, membership.organization):
        raise Refusal("not_found", _("There is no such document for your organization."))
    return subject


def _facts_given(request: HttpRequest, package: str) -> dict[str, Any]:
    """The facts a person stated, as the address or the form carries them; only those the package asks about."""
    source = request.POST if request.method == "POST" else request.GET
    found: dict[str, Any] = {}
    for name in package_named(package).facts:
        value = source.get(name, "")
        if name in FACT_CHOICES:
            found |= {name: value} if value in FACT_CHOICES[name] else {}
        elif value in {"true", "false"}:
            found[name] = value == "true"
    return found


@require_safe
@member_page
def package(request: HttpRequest, membership: Membership, /, kind: str, *, key: str, package: str) -> HttpResponse:
    """The checklist of a package: what is there, what is missing, by when."""
    subject = _subject_of(membership, kind, key)
    facts = _facts_given(request, package)
    state = package_state(kind=package, subject=subject, facts=facts, today=beijing_day(timezone.now()))
    language = language_of_page()
    context = {
        "state": state,
        "title": state.package.title[language],
        "article": cite(state.package.article, "zh") if language == "zh" else state.package.article,
        "items": [_item(item, state, language) for item in state.items],
        "questions": [_question(name, state.facts) for name in state.package.facts],
        "facts": facts,
        "subject_kind": kind,
        "subject_key": key,
        "subject": subject,
        "late_by": -state.days_left if state.days_left is not None and state.days_left < 0 else None,
        "most_bytes": PAPER_BYTES_MAX,
        "membership": membership,
        "room": "documents",
    }
    return render(request, "documents/package.html", context)


def _item(item: Any, state: PackageState, language: str) -> dict[str, Any]:
    source = item.paper.source
    return {
        "paper": item.paper,
        "title": item.paper.title[language],
        "source": cite(source, "zh") if language == "zh" else source,
        "word": PAPER_STATES[item.state],
        "tone": PAPER_TONES[item.state],
        "document": state.documents.get(item.paper.id),
    }


def _question(name: str, facts: Any) -> dict[str, Any]:
    value = facts.get(name)
    choices = FACT_CHOICES.get(name, YES_NO)
    chosen = "true" if value is True else "false" if value is False else str(value or "")
    return {"name": name, "label": FACTS[name], "choices": [(code, word, code == chosen) for code, word in choices.items()]}


@require_POST
@member_page
def add_paper(request: HttpRequest, membership: Membership, /, kind: str, key: str, **asked: str) -> HttpResponse:
    """Adds a paper as PDF."""
    subject = _subject_of(membership, kind, key)
    assert isinstance(request.user, User)
    must_edit(membership)
    given = request.FILES.get("file")
    content = given.read(PAPER_BYTES_MAX + 1) if given else b""
    paper_add(**asked, subject=subject, content=content, membership=membership, user=request.user)
    messages.success(request, _("The paper is added; every organization named on these documents may read it."))
    return redirect("package", kind=kind, key=key, package=asked["package"])


@require_POST
@member_page
def make(request: HttpRequest, membership: Membership, /, kind: str, *, key: str, package: str) -> HttpResponse:
    """Makes the ZIP of a complete package."""
    subject = _subject_of(membership, kind, key)
    assert isinstance(request.user, User)
    must_edit(membership)
    made = package_make(
        kind=package,
        subject=subject,
        language="zh" if language_of_page() == "zh" else "en",
        facts=_facts_given(request, package),
        organizations=parties_of_subject(subject),
        by=request.user,
    )
    messages.success(request, _("The package is made."))
    return redirect("document", document_id=made.pk)

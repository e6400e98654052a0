"""The pages of what a fund is worth: marks and valuations with their bridge, returns, reports with their proof, the scorecard of public money."""

import datetime as dt
import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.common.charts import BAR, DECIDE, INK, LOW, spec_of, svg_of
from langqiao.web.common.sheets import XLSX, csv_bytes, safe_cell
from langqiao.web.funds import access, books, facts, worth
from langqiao.web.funds.measures import measured, newest_valuation, scorecard_of
from langqiao.web.funds.models import FACT_KINDS, METHODS, Fund, Valuation
from langqiao.web.funds.pages import user_of
from langqiao.web.funds.pages_life import frame
from langqiao.web.funds.pages_money import row_of
from langqiao.web.funds.papers import paper_keep
from langqiao.web.funds.reports import Rows, material, proofs, sheets
from langqiao.web.funds.terms import terms_on
from langqiao.web.funds.words_life import PARTS
from langqiao.web.market.forms import form_of
from langqiao.web.people.models import Membership
from langqiao.web.people.session import member_page, must_approve, must_edit

SERIES_MAX = 2 * 1024 * 1024
MARK_FIELDS = ("project", "on", "fair_fen", "zero", "method", "inputs", "calibration_fen", "reason")


@require_safe
@member_page
def value(request: HttpRequest, membership: Membership, fund_id: uuid.UUID) -> HttpResponse:
    """Marks, valuations, the bridge between the last two, returns."""
    fund = access.fund_get(fund_id, membership)
    ledger = books.books_of(fund)
    costs = {ref: -amount for ref, amount in ledger.by_ref("investment").items()}
    approved = list(fund.valuations.filter(state="approved").order_by("on"))
    last = approved[-1] if approved else None
    before = approved[-2] if len(approved) > 1 else None
    today = timezone.localdate()
    holdings = [project for project in fund.projects.all() if costs.get(str(project.pk)) or project.state in {"held", "exiting"}]
    context = frame(fund, membership, "worth") | {
        "marks": fund.marks.select_related("project", "by", "decided_by", "opinion").order_by("-on", "-at")[:200],
        "valuations": fund.valuations.select_related("by", "decided_by").order_by("-on", "-at")[:60],
        "last": last,
        "before": before,
        "steps": worth.bridge(before.body if before else None, last.body) if last else [],
        "measured": measured(fund, last) if last else None,
        "series": fund.series.select_related("by")[:20],
        "holdings": [
            {"project": project, "cost_fen": costs.get(str(project.pk), 0), "opinion": worth.opinion_of(project, today)}
            for project in holdings
        ],
        "methods": METHODS,
        "received_fen": -ledger.total("accrued_carry"),
        "escrow_fen": ledger.total("carry_escrow"),
        "held_fen": -ledger.total("investment"),
        "agreement": terms_on(fund, today).agreement,
        "form": form_of(request.GET, ()),
        "back": "fund_worth",
    }
    return render(request, "funds/worth.html", context)


@require_safe
@member_page
def bridge_chart(request: HttpRequest, membership: Membership, valuation_id: uuid.UUID) -> HttpResponse:  # noqa: ARG001 - the guard has asked the request
    """The bridge to an approved valuation as a picture of its own: a style inside a page would be refused by the policy."""
    last = Valuation.objects.filter(pk=valuation_id, fund__organization=membership.organization, state="approved").first()
    if last is None:
        raise Refusal("not_found", _("There is no such valuation."))
    before = last.fund.valuations.filter(state="approved", on__lt=last.on).order_by("-on").first()
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, max-age=3600"}
    return HttpResponse(_bridge_chart(before, last), content_type="image/svg+xml", headers=headers)


def _bridge_chart(before: Valuation | None, last: Valuation) -> str:
    """The change of the partners' value as steps from the valuation before to this one, in ten thousand yuan."""
    running = before.partners_fen if before else 0
    rows = [{"name": _("before"), "from": 0, "to": running / 1e6, "kind": "end"}]
    for name, change in worth.bridge(before.body if before else None, last.body):
        rows.append(
            {"name": str(PARTS[name]), "from": running / 1e6, "to": (running + change) / 1e6, "kind": "up" if change >= 0 else "down"}
        )
        running += change
    rows.append({"name": last.on.isoformat(), "from": 0, "to": running / 1e6, "kind": "end"})
    names = [str(row["name"]) for row in rows]
    encoding = {
        "x": {"field": "from", "type": "quantitative", "title": _("ten thousand yuan")},
        "x2": {"field": "to"},
        "y": {"field": "name", "type": "nominal", "sort": names, "title": None, "axis": {"labelLimit": 260}},
        "color": {
            "field": "kind",
            "type": "nominal",
            "legend": None,
            "scale": {"domain": ["end", "up", "down"], "range": [BAR, LOW, DECIDE]},
        },
    }
    return svg_of(
        spec_of(
            {"data": {"values": rows}, "mark": {"type": "bar", "height": 14, "stroke": INK, "strokeWidth": 0}, "encoding": encoding},
            width=460,
            height=230,
        )
    )


@require_POST
@member_page
def mark_new(request: HttpRequest, membership: Membership, fund_id: uuid.UUID) -> HttpResponse:
    """Asks for a fair value of a holding."""
    access.fund_get(fund_id, membership)
    must_edit(membership)
    form = form_of(request.POST, MARK_FIELDS)
    project, fair = row_of(form.text("project", 40)), form.money("fair_fen")
    zero = form.typed.get("zero") == "yes"
    if project is None or (fair is None and not zero) or form.day("on") is None or form.errors:
        raise Refusal("reason_missing", _("Name the holding, the day and the value; a value of zero is ticked."))
    given = worth.Marked(
        project=project,
        on=form.day("on") or timezone.localdate(),
        fair_fen=0 if zero else fair or 0,
        method=form.choice("method", METHODS),
        inputs=form.text("inputs", 1000),
        calibration_fen=form.money("calibration_fen"),
        reason=form.text("reason", 500),
        key=request.POST.get("key", "")[:80],
    )
    worth.mark_ask(fund_id=fund_id, membership=membership, by=user_of(request), given=given)
    return redirect("fund_worth", fund_id=fund_id)


@require_POST
@member_page
def mark_decision(request: HttpRequest, membership: Membership, mark_id: uuid.UUID) -> HttpResponse:
    """Another person decides a fair value."""
    must_approve(request, membership)
    found = worth.mark_decide(
        mark_id=mark_id, membership=membership, by=user_of(request), approve=request.POST.get("decision") == "approve"
    )
    return redirect("fund_worth", fund_id=found.fund_id)


@require_POST
@member_page
def valuation_new(request: HttpRequest, membership: Membership, fund_id: uuid.UUID) -> HttpResponse:
    """Computes the net asset value of a day and asks for its approval."""
    access.fund_get(fund_id, membership)
    on = form_of(request.POST, ("on",)).day("on") or timezone.localdate()
    worth.valuation_ask(fund_id=fund_id, membership=membership, by=user_of(request), on=on)
    return redirect("fund_worth", fund_id=fund_id)


@require_POST
@member_page
def valuation_decision(request: HttpRequest, membership: Membership, valuation_id: uuid.UUID) -> HttpResponse:
    """Another person decides a valuation."""
    must_approve(request, membership)
    approve = request.POST.get("decision") == "approve"
    found = worth.valuation_decide(valuation_id=valuation_id, membership=membership, by=user_of(request), approve=approve)
    return redirect("fund_worth", fund_id=found.fund_id)


@require_POST
@member_page
def series_new(request: HttpRequest, membership: Membership, fund_id: uuid.UUID) -> HttpResponse:
    """Takes an index series that the user gives, with its source."""
    access.fund_get(fund_id, membership)
    must_edit(membership)
    form, file = form_of(request.POST, ("name", "source")), request.FILES.get("file")
    if file is None or (file.size or 0) > SERIES_MAX:
        raise Refusal("series_unreadable", _("Give a file of at most 2 MB with a day and a level in each line."), facts={"line": 0})
    facts.series_add(
        fund_id=fund_id,
        membership=membership,
        by=user_of(request),
        name=form.text("name", 200),
        source=form.text("source", 500),
        content=file.read(),
    )
    return redirect("fund_worth", fund_id=fund_id)


FACT_PAGES = ("fund_scorecard", "fund_fees")


@require_POST
@member_page
def fact_new(request: HttpRequest, membership: Membership, fund_id: uuid.UUID) -> HttpResponse:
    """Enters a fact with its source and paper."""
    access.fund_get(fund_id, membership)
    must_edit(membership)
    form = form_of(request.POST, ("kind", "on", "amount", "source", "project", "back"))
    kind = form.choice("kind", FACT_KINDS)
    raw = form.text("amount", 20)
    amount = (int(raw) if raw.isascii() and raw.isdigit() else 0) if kind == "jobs" else form.money("amount") or 0
    fact = {
        "kind": kind,
        "on": form.day("on"),
        "amount": amount,
        "source": form.text("source", 500),
        "project": row_of(form.text("project", 40)),
        "evidence_sha256": paper_keep(request.FILES.get("file")),
    }
    facts.fact_enter(fund_id=fund_id, membership=membership, by=user_of(request), fact=fact)
    return redirect(form.choice("back", FACT_PAGES), fund_id=fund_id)


@require_POST
@member_page
def fact_decision(request: HttpRequest, membership: Membership, fact_id: uuid.UUID) -> HttpResponse:
    """Another person confirms a fact."""
    must_approve(request, membership)
    found = facts.fact_decide(
        fact_id=fact_id, membership=membership, by=user_of(request), approve=request.POST.get("decision") == "approve"
    )
    return redirect(form_of(request.POST, ("back",)).choice("back", FACT_PAGES), fund_id=found.fund_id)


@require_safe
@member_page
def scorecard(request: HttpRequest, membership: Membership, fund_id: uuid.UUID) -> HttpResponse:
    """What public money brought about: leverage, reinvestment, jobs; facts with their sources."""
    fund = access.fund_get(fund_id, membership)
    today = timezone.localdate()
    terms = terms_on(fund, today)
    context = frame(fund, membership, "scorecard") | {
        "card": scorecard_of(fund, terms, books.partner_accounts(fund), today),
        "agreement": terms.agreement,
        "facts": fund.facts.filter(kind__in=("jobs", "reinvestment", "outside_capital")).select_related("by", "project", "decided_by"),
        "fact_kinds": ("jobs", "reinvestment", "outside_capital"),
        "projects": fund.projects.filter(state__in=("held", "exiting", "exited")),
        "form": form_of(request.GET, ()),
        "back": "fund_scorecard",
    }
    return render(request, "funds/scorecard.html", context)


def _period(request: HttpRequest, fund: Fund) -> tuple[dt.date, dt.date]:
    """The period asked for: by default from the valuation before the newest to the newest, else from the close to today."""
    form, last = form_of(request.GET, ("since", "until")), newest_valuation(fund)
    before = fund.valuations.filter(state="approved", on__lt=last.on).order_by("-on").first() if last else None
    until = form.day("until") or (last.on if last else timezone.localdate())
    since = form.day("since") or (before.on if before else fund.closed_on or until)
    return min(since, until), until


@require_safe
@member_page
def reports(request: HttpRequest, membership: Membership, fund_id: uuid.UUID) -> HttpResponse:
    """The reports of a period with the proof that their totals are the ledger's."""
    fund = access.fund_get(fund_id, membership)
    since, until = _period(request, fund)
    given = material(fund, until)
    context = frame(fund, membership, "reports") | {
        "since": since,
        "until": until,
        "proofs": proofs(fund, until, given),
        "tables": sheets(fund, since, until, given),
        "form": form_of(request.GET, ("since", "until")),
    }
    return render(request, "funds/reports.html", context)


@require_safe
@member_page
def report_file(request: HttpRequest, membership: Membership, fund_id: uuid.UUID, name: str) -> HttpResponse:
    """The whole report as a workbook, or one of its tables as CSV."""
    fund = access.fund_get(fund_id, membership)
    since, until = _period(request, fund)
    tables = sheets(fund, since, until)
    csv = {f"{title.lower()}.csv": rows for title, rows in tables.items()}
    if name == "report.xlsx":
        content, kind = _workbook(tables), XLSX
    elif name in csv:
        content, kind = csv_bytes(iter(csv[name])), "text/csv; charset=utf-8"
    else:
        raise Refusal("not_found", _("There is no such report."))
    headers = {"Content-Disposition": f'attachment; filename="fund-{until.isoformat()}-{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type=kind, headers=headers)


def _workbook(tables: dict[str, Rows]) -> bytes:
    """One sheet a table; texts are texts."""
    import io  # noqa: PLC0415 - only where a workbook is asked for

    from openpyxl import Workbook  # noqa: PLC0415
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415

    book: Any = Workbook(write_only=True)
    for title, rows in tables.items():
        sheet = book.create_sheet(title)
        for row in rows:
            cells = [WriteOnlyCell(sheet, value=safe_cell(value)) for value in row]
            for cell, cell_value in zip(cells, row, strict=True):
                if isinstance(cell_value, str):
                    cell.data_type = "s"
            sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()

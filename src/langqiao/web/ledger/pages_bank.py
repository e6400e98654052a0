"""The platform's pages of money: bank statements, what waits in suspense, the trial balance and the day-end check."""

from collections import Counter
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from langqiao.web.ledger.bankfile import statement_read
from langqiao.web.ledger.checks import SUMS, Checked, books_check
from langqiao.web.ledger.models import LedgerAccount
from langqiao.web.ledger.models_bank import BankLine
from langqiao.web.ledger.pages import account_row
from langqiao.web.ledger.payments import line_assign, lines_take
from langqiao.web.ledger.rails import StatementsOnly
from langqiao.web.ledger.words import POTS, PROBLEMS, Owners
from langqiao.web.people.models import CheckState, Membership, Organization
from langqiao.web.people.session import must_approve, must_edit, platform_page
from langqiao.web.work.models import Duty

SHOWN_LINES = 50
PAGE_ROWS = 100
MAX_STATEMENT_BYTES = 20 * 1024 * 1024


@require_safe
@platform_page
def bank(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Statement lines: those in suspense first, with whom they may be assigned to."""
    context = {
        "room": "money",
        "membership": membership,
        "suspense": list(BankLine.objects.filter(state="suspense")[:SHOWN_LINES]),
        "lines": list(BankLine.objects.exclude(state="suspense").select_related("order__organization")[:SHOWN_LINES]),
        "organizations": Organization.objects.filter(check_state=CheckState.VERIFIED, merged_into=None).order_by("name"),
    }
    return render(request, "ledger/bank.html", context)


@require_POST
@platform_page
def bank_import(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Takes an uploaded statement."""
    must_edit(membership)
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile) or (file.size or 0) > MAX_STATEMENT_BYTES:
        messages.error(request, _("Choose the bank's statement as CSV or Excel, up to 20 MB."))
        return redirect("money_bank")
    read = statement_read(file.read(), file.name or "statement")
    taken = lines_take(read.lines, rail=StatementsOnly.name, by=membership.user)
    facts = {"matched": taken.matched, "suspense": taken.suspense, "known": taken.known}
    messages.success(request, _("%(matched)d lines matched, %(suspense)d in suspense, %(known)d read before.") % facts)
    for code, count in Counter(problem.code for problem in read.problems if problem.severity == "error").items():
        rows = ", ".join(str(problem.row) for problem in read.problems if problem.code == code and problem.row)[:80]
        messages.error(
            request, _("%(count)d rows were not read (%(code)s): %(rows)s") % {"count": count, "code": code, "rows": rows or "–"}
        )
    return redirect("money_bank")


@require_POST
@platform_page
def bank_assign(request: HttpRequest, membership: Membership, line_id: str) -> HttpResponse:
    """Assigns a received line to an organization."""
    must_approve(request, membership)
    chosen = request.POST.get("organization", "")
    found = (
        Organization.objects.filter(pk=int(chosen), check_state=CheckState.VERIFIED).first()
        if chosen.isdigit() and len(chosen) < 10
        else None
    )
    if found is None:
        messages.error(request, _("There is no such verified organization."))
        return redirect("money_bank")
    line = line_assign(membership=membership, line_id=line_id, organization_id=found.pk)
    messages.success(request, _("The line of %(day)s was assigned to %(name)s.") % {"day": line.day, "name": found.name})
    return redirect("money_bank")


@require_safe
@platform_page
def trial(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Every account, the sums by currency and pot, and the check of the books as they stand now."""
    page_text = request.GET.get("page", "1")
    count = LedgerAccount.objects.count()
    page_count = max(1, -(-count // PAGE_ROWS))
    page = min(max(1, int(page_text)), page_count) if page_text.isascii() and page_text.isdigit() and len(page_text) < 9 else 1
    accounts = list(LedgerAccount.objects.all()[(page - 1) * PAGE_ROWS : page * PAGE_ROWS])
    owners = Owners(account.id for account in accounts)
    checked = _checked() if "check" in request.GET else None
    pots: Any = LedgerAccount.objects.values("pot", "currency").annotate(due_fen=Sum("credits_posted_fen") - Sum("debits_posted_fen"))
    context = {
        "room": "money",
        "membership": membership,
        "rows": [account_row(account) | {"owner": owners.owner(account.id), "pot": POTS[account.pot]} for account in accounts],
        "sums": LedgerAccount.objects.values("currency").annotate(*[Sum(name) for name in SUMS]).order_by("currency"),
        "pots": [row | {"word": POTS[row["pot"]]} for row in pots.order_by("currency", "pot")],
        "checked": checked,
        "problems": [{"problem": problem, "word": PROBLEMS[problem.code]} for problem in checked.problems[:PAGE_ROWS]] if checked else [],
        "duty": Duty.objects.filter(name="books_day_end").first(),
        "page": page,
        "page_count": page_count,
        "count": count,
    }
    return render(request, "ledger/trial.html", context)


def _checked() -> Checked:
    with transaction.atomic():  # one state of the books
        return books_check(timezone.localdate())

"""What a payment to a project is held against: resolution, conditions, signatures, the record of today, limits, free cash; the same at both times."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.kernel.dates import add_years
from langqiao.web.common.steps import Gate
from langqiao.web.funds.books import books_of
from langqiao.web.funds.governance import GOVERNANCE, governance_gates
from langqiao.web.funds.models import Order
from langqiao.web.funds.services_project import decision_of, diligence_gap
from langqiao.web.funds.terms import terms_on

DISBURSEMENT = (
    "committee_decision_missing",
    "approval_expired",
    "conditions_precedent_open",
    "signature_missing",
    "diligence_open",
    "outside_investment_period",
    "investment_limit_exceeded",
    *GOVERNANCE,
    "cash_missing",
)
"""What a payment to a project is held against, in this order: resolution, conditions, signatures, the record of today, limits (I74, I76, I81), cash."""


def cash_gap(order: Order) -> dict[str, Any] | None:
    """What is free, where the order wants more: escrow and what is kept back for partners in default is not free."""
    free = books_of(order.fund).free_fen
    return {"cash_fen": free} if order.amount_fen > free else None


def disbursement_gates(order: Order) -> dict[str, Gate]:
    """Resolution ∧ conditions ∧ signatures ∧ within limits, each asked anew at the approval."""
    fund, project = order.fund, order.project
    assert project is not None
    session = decision_of(project, "investment", "follow_on") if project.state in {"closing", "held"} else None
    order.session = session

    def paid(**more: Any) -> int:
        found = Order.objects.filter(kind="disbursement", state="approved", **more)
        return sum(found.values_list("amount_fen", flat=True))

    def undecided() -> dict[str, Any] | None:
        if session is None or paid(session=session) + order.amount_fen > session.amount_fen:
            return {"resolved_fen": session.amount_fen if session else 0}
        return None

    def limit() -> dict[str, Any] | None:
        commitments = sum(fund.partners.values_list("commitment_fen", flat=True))
        most = int(terms_on(fund, order.on).agreement.single_share * commitments)
        there = paid(project__fund=fund, project__target_name=project.target_name)
        return {"most_fen": most} if there + order.amount_fen > most else None

    def unsigned() -> dict[str, Any] | None:
        signed = {
            code: set(project.papers.filter(code=code).values_list("sha256", flat=True)) for code in ("agreement_fund", "agreement_target")
        }
        return (
            None
            if signed["agreement_fund"] & signed["agreement_target"]
            else {"missing": _("the investment agreement, the same text by both")}
        )

    ends_on = add_years(fund.closed_on, fund.investment_years) if fund.closed_on else order.on
    gates: dict[str, Gate] = {
        "committee_decision_missing": undecided,
        "approval_expired": lambda: {} if session and session.expires_on and session.expires_on < timezone.localdate() else None,
        "conditions_precedent_open": lambda: {} if session and session.conditions.filter(met_at=None).exists() else None,
        "signature_missing": unsigned,
        "diligence_open": lambda: diligence_gap(project),
        "outside_investment_period": lambda: {"ended_on": ends_on.isoformat()} if order.on > ends_on else None,
        "investment_limit_exceeded": limit,
        "cash_missing": lambda: cash_gap(order),
        **governance_gates(order, session),
    }
    return {code: gates[code] for code in DISBURSEMENT}

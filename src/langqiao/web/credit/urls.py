"""The addresses of loans and pools."""

from django.urls import path

from langqiao.web.credit import pages, pages_desk, pages_pool, pages_subsidy

urlpatterns = [
    path("loans", pages.loans, name="loans"),
    path("loans/new", pages.loan_new, name="loan_new"),
    path("loans/rules", pages_pool.loan_policy, name="loan_policy"),
    path("loans/rules/<int:policy_id>/approve", pages_pool.loan_policy_approve, name="loan_policy_approve"),
    path("loans/portfolio", pages_desk.portfolio, name="loan_portfolio"),
    path("loans/portfolio/vintages.svg", pages_desk.vintage_chart, name="loan_vintages"),
    path("loans/rates", pages_desk.loan_rates, name="loan_rates"),
    path("loans/rates/<int:rate_id>/confirm", pages_desk.loan_rate_confirm, name="loan_rate_confirm"),
    path("loans/<uuid:loan_id>/ltv.svg", pages_desk.loan_chart, name="loan_chart"),
    path("loans/<uuid:loan_id>/subsidy", pages_subsidy.subsidy_ask, name="subsidy_ask"),
    path("subsidies", pages_subsidy.subsidy_programs, name="subsidies"),
    path("subsidies/<uuid:program_id>", pages_subsidy.subsidy_program, name="subsidy_program"),
    path("subsidies/<uuid:program_id>/confirm", pages_subsidy.subsidy_program_confirm, name="subsidy_program_confirm"),
    path("subsidies/applications/<uuid:subsidy_id>/<slug:event>", pages_subsidy.subsidy_decide, name="subsidy_decide"),
    path("loans/requests/<int:request_id>/decline", pages.loan_decline, name="loan_decline"),
    path("loans/<uuid:loan_id>", pages.loan, name="loan"),
    path("loans/<uuid:loan_id>/step/<slug:event>", pages.loan_step, name="loan_step"),
    path("loans/<uuid:loan_id>/ask/<slug:event>", pages.loan_request, name="loan_request"),
    path("loans/<uuid:loan_id>/papers", pages.loan_paper, name="loan_paper"),
    path("loans/<uuid:loan_id>/papers/<int:paper_id>", pages.loan_paper_read, name="loan_paper_read"),
    path("pools", pages_pool.pool_list, name="pools"),
    path("pools/<uuid:pool_id>", pages_pool.pool, name="pool"),
    path("pools/<uuid:pool_id>/confirm", pages_pool.pool_confirm, name="pool_confirm"),
    path("pools/<uuid:pool_id>/fill", pages_pool.pool_fill, name="pool_fill"),
]

"""The addresses of loans and pools."""

from django.urls import path

from langqiao.web.credit import pages, pages_pool

urlpatterns = [
    path("loans", pages.loans, name="loans"),
    path("loans/new", pages.loan_new, name="loan_new"),
    path("loans/rules", pages_pool.loan_policy, name="loan_policy"),
    path("loans/rules/<int:policy_id>/approve", pages_pool.loan_policy_approve, name="loan_policy_approve"),
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

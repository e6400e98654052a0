"""The addresses of securitization."""

from django.urls import path

from langqiao.web.securitization import pages, pages_pool, pages_service

DEAL = "securitizations/<uuid:deal_id>"
urlpatterns = [
    path("securitizations", pages.securitizations, name="securitizations"),
    path("securitizations/new", pages.securitization_new, name="securitization_new"),
    path("securitizations/templates", pages.securitization_shapes, name="securitization_shapes"),
    path("securitizations/requests/<int:request_id>/decline", pages.securitization_decline, name="securitization_decline"),
    path(DEAL, pages.securitization, name="securitization"),
    path(f"{DEAL}/step/<slug:event>", pages.securitization_step, name="securitization_step"),
    path(f"{DEAL}/ask/<slug:event>", pages.securitization_request, name="securitization_request"),
    path(f"{DEAL}/structure", pages.securitization_structure, name="securitization_structure"),
    path(f"{DEAL}/scenarios", pages.securitization_scenarios, name="securitization_scenarios"),
    path(f"{DEAL}/charts/<slug:name>.svg", pages.securitization_chart, name="securitization_chart"),
    path(f"{DEAL}/pool", pages_pool.securitization_pool, name="securitization_pool"),
    path(f"{DEAL}/party", pages_pool.securitization_party, name="securitization_party"),
    path(f"{DEAL}/criteria", pages_pool.securitization_criteria, name="securitization_criteria"),
    path(f"{DEAL}/claims", pages_pool.securitization_claim, name="securitization_claim"),
    path(f"{DEAL}/claims/sheet", pages_pool.securitization_sheet, name="securitization_sheet"),
    path(f"{DEAL}/claims/loan", pages_pool.securitization_loan, name="securitization_loan"),
    path("securitizations/claims/<int:asset_id>/remove", pages_pool.securitization_remove, name="securitization_remove"),
    path("securitizations/claims/<int:asset_id>/default", pages_service.securitization_default, name="securitization_default"),
    path(f"{DEAL}/collections", pages_service.securitization_collect, name="securitization_collect"),
    path("securitizations/collections/<int:collection_id>", pages_service.securitization_settle, name="securitization_settle"),
    path(f"{DEAL}/dates/<int:number>", pages_service.securitization_date, name="securitization_date"),
    path(f"{DEAL}/investors", pages_service.securitization_invite, name="securitization_invite"),
    path("securitizations/investors/<int:investor_id>/confirm", pages_service.securitization_confirm, name="securitization_confirm"),
    path(f"{DEAL}/declaration", pages_service.securitization_declare, name="securitization_declare"),
    path(f"{DEAL}/subscription", pages_service.securitization_subscribe, name="securitization_subscribe"),
    path("securitizations/investors/<int:investor_id>/statement.<slug:form>", pages_service.securitization_statement, name="securitization_statement"),
]  # fmt: skip

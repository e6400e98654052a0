"""The addresses of the room of insurance."""

from django.urls import URLPattern, path

from langqiao.web.insurance import pages, pages_claim, pages_tariff

urlpatterns: list[URLPattern] = [
    path("insurance", pages.insurance, name="insurance"),
    path("insurance/experience", pages_claim.insurance_experience, name="insurance_experience"),
    path("insurance/products", pages_tariff.insurance_products, name="insurance_products"),
    path("insurance/products/new", pages_tariff.insurance_product_new, name="insurance_product_new"),
    path("insurance/products/<uuid:product_id>", pages_tariff.insurance_product, name="insurance_product"),
    path("insurance/products/<uuid:product_id>/tariff", pages_tariff.insurance_tariff_new, name="insurance_tariff_new"),
    path("insurance/tariffs/<int:tariff_id>/approve", pages_tariff.insurance_tariff_approve, name="insurance_tariff_approve"),
    path("insurance/quote", pages.quote_new, name="quote_new"),
    path("insurance/requests/<int:request_id>/decline", pages.insurance_decline, name="insurance_decline"),
    path("insurance/policies/<uuid:policy_id>", pages.policy, name="policy"),
    path("insurance/policies/<uuid:policy_id>/step/<slug:event>", pages.policy_step, name="policy_step"),
    path("insurance/policies/<uuid:policy_id>/ask/<slug:event>", pages.policy_request, name="policy_request"),
    path("insurance/policies/<uuid:policy_id>/documents", pages.policy_documents, name="policy_documents"),
    path("insurance/policies/<uuid:policy_id>/claims", pages_claim.claim_new, name="claim_new"),
    path("insurance/claims/<uuid:claim_id>", pages_claim.claim, name="claim"),
    path("insurance/claims/<uuid:claim_id>/step/<slug:event>", pages_claim.claim_step, name="claim_step"),
    path("insurance/claims/<uuid:claim_id>/ask/<slug:event>", pages_claim.claim_request, name="claim_request"),
    path("insurance/claims/<uuid:claim_id>/papers", pages_claim.claim_paper, name="claim_paper"),
    path("insurance/claims/<uuid:claim_id>/papers/<int:paper_id>", pages_claim.claim_paper_read, name="claim_paper_read"),
]

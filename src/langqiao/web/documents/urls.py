"""The addresses of documents."""

from django.urls import path

from langqiao.web.documents import package_pages, pages, verify_page

urlpatterns = [
    path("documents", pages.documents, name="documents"),
    path("documents/about/<slug:kind>/<str:key>", pages.about, name="documents_about"),
    path("documents/about/<slug:kind>/<str:key>/packages/<slug:package>", package_pages.package, name="package"),
    path("documents/about/<slug:kind>/<str:key>/packages/<slug:package>/make", package_pages.make, name="package_make"),
    path("documents/about/<slug:kind>/<str:key>/packages/<slug:package>/papers/<slug:paper>", package_pages.add_paper, name="paper_add"),
    path("documents/<uuid:document_id>", pages.document, name="document"),
    path("documents/<uuid:document_id>/file", pages.document_file, name="document_file"),
    path("documents/<uuid:document_id>/word", pages.document_word, name="document_word"),
    path("documents/<uuid:document_id>/sign", pages.sign, name="document_sign"),
    path("documents/<uuid:document_id>/compare", pages.compare, name="document_compare"),
    path("verify", verify_page.verification, name="verify"),
    path("verify/root.pem", verify_page.root_certificate, name="verify_root"),
]

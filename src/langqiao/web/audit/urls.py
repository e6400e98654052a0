"""The addresses of the record."""

from django.urls import path

from langqiao.web.audit import pages, pages_personal

urlpatterns = [
    path("audit", pages.records, name="audit"),
    path("audit/heads", pages.heads, name="audit_heads"),
    path("audit/heads.jsonl", pages.heads_download, name="audit_heads_file"),
    path("audit/heads/sign", pages.sign, name="audit_sign"),
    path("audit/<int:seq>", pages.record, name="audit_record"),
    path("audit/<int:seq>/proof.json", pages.proof, name="audit_proof"),
    path("account/data", pages_personal.personal, name="personal"),
    path("account/data.zip", pages_personal.personal_file, name="personal_file"),
    path("account/data/erase", pages_personal.personal_erase, name="personal_erase"),
]

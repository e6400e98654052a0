"""The routes of documents: a contract of the first organization with itself as both sides' reader, the packages it goes into, and verification."""

from langqiao.web.documents.services import document_make
from langqiao.web.people.models import Role
from tests.contract_terms import ASSIGNMENT
from tests.web.routes.who import ANY_MEMBER, ANYBODY, APPROVERS, EDITORS, MEMBERS

KEY = "00000000-0000-0000-0000-00000000d0c5"
ABOUT = {"kind": "deal", "key": KEY}
PACKAGE = {**ABOUT, "package": "assignment_registration"}
ROUTES = {
    "documents": (ANY_MEMBER, "get", {}),
    "documents_about": (MEMBERS, "get", ABOUT),
    "package": (MEMBERS, "get", PACKAGE),
    "package_make": (EDITORS, "post", PACKAGE),
    "paper_add": (EDITORS, "post", {**PACKAGE, "paper": "fee_receipt"}),
    "document": (MEMBERS, "get", {"document_id": "document"}),
    "document_file": (MEMBERS, "get", {"document_id": "document"}),
    "document_word": (MEMBERS, "get", {"document_id": "document"}),
    "document_compare": (MEMBERS, "get", {"document_id": "document"}),
    "document_sign": (APPROVERS, "post", {"document_id": "document"}),
    "verify": (ANYBODY, "get", {}),
    "verify_root": (ANYBODY, "get", {}),
}


def owned(people):
    """A contract of assignment that the first organization is named on."""
    terms = {**ASSIGNMENT, "buyer_name": "乙科技有限公司", "delivery": "A secret of the first organization"}
    made = document_make(
        kind="assignment_contract",
        subject=f"deal/{KEY}",
        language="zh",
        fields=terms,
        organizations={"seller": people["first"]},
        by=people[Role.EDITOR],
    )
    return {"document": made.pk}

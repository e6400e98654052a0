"""Contracts as documents: made from terms once, kept by hash, signed by each side in turn, verified with four answers, hidden from others."""

import pytest

from langqiao.web.audit.models import Record
from langqiao.web.documents.selectors import document_get, documents_for, fully_signed
from langqiao.web.documents.services import document_bytes, document_make, document_sign, document_verify
from langqiao.web.people.models import Membership, Role
from tests.contract_terms import ASSIGNMENT

pytestmark = pytest.mark.django_db
SUBJECT = "deal/00000000-0000-0000-0000-000000000001"


@pytest.fixture
def sides(people):
    return {"seller": people["first"], "buyer": people["second"]}


@pytest.fixture
def made(people, sides):
    return document_make(
        kind="assignment_contract", subject=SUBJECT, language="zh", fields=ASSIGNMENT, organizations=sides, by=people[Role.EDITOR]
    )


def member(people, name):
    return Membership.objects.get(user=people[name])


def signed_by_both(document, people):
    for name in ("admin", "other"):
        document_sign(document=document, membership=member(people, name), user=people[name])
    return document


def test_a_contract_is_made_from_its_terms_and_kept_under_its_hash(made, people):
    content = document_bytes(made)
    assert content.startswith(b"%PDF-") and len(content) == made.size_bytes
    assert documents_for(SUBJECT) == [made]
    assert Record.objects.get(subject=SUBJECT, action="document.made").link().payload.count(made.sha256) == 1


def test_two_sides_sign_in_turn_and_the_file_answers_yes_four_times(made, people):
    assert not document_verify(made).good
    document = signed_by_both(made, people)
    found = document_verify(document)
    assert found.good and [one.organization for one in found.signers] == ["First", "Second"]
    assert fully_signed(document_get(document.pk, people["second"]))
    assert document_bytes(document).startswith(document_bytes_unsigned(document))


def document_bytes_unsigned(document):
    from langqiao.web.documents.files import kept

    return kept(document.path, document.sha256)

"""A signed contract against everything that may happen to it: a byte changed, data added, the end cut off, another authority, a changed disk."""

import datetime as dt
import io
import stat
from pathlib import Path

import pytest
from asn1crypto import keys as asn1_keys
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.db import DatabaseError, transaction
from django.urls import reverse
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields as pdf_fields
from pyhanko.sign import signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.audit.models import Record
from langqiao.web.documents import authority
from langqiao.web.documents.files import kept, sha256_of
from langqiao.web.documents.models import Document, DocumentSignature
from langqiao.web.documents.selectors import document_get, fully_signed
from langqiao.web.documents.services import document_bytes, document_make, document_sign, document_verify
from langqiao.web.documents.signature import SignatureRequest, provider
from langqiao.web.documents.signing import append_signature, as_asn1
from langqiao.web.documents.verifying import verify
from langqiao.web.people.models import Membership, Role
from tests.contract_terms import ASSIGNMENT
from tests.web.conftest import give_factor

pytestmark = pytest.mark.django_db
SUBJECT = "deal/00000000-0000-0000-0000-000000000002"


def member(people, name):
    return Membership.objects.get(user=people[name])


def made_for(people, **changes):
    return document_make(
        kind="assignment_contract",
        subject=SUBJECT,
        language="zh",
        fields={**ASSIGNMENT, **changes},
        organizations={"seller": people["first"], "buyer": people["second"]},
        by=people[Role.EDITOR],
    )


def sign(document, people, name):
    return document_sign(document=document, membership=member(people, name), user=people[name])


@pytest.fixture
def signed(people):
    document = made_for(people)
    sign(document, people, "admin")
    sign(document, people, "other")
    return document


def answers(content):
    found = verify(content, provider().roots())
    return found.intact, found.valid, found.trusted, found.whole_file


def test_both_sides_sign_in_turn_and_each_version_of_the_file_begins_with_the_one_before(signed, people):
    found = document_verify(signed)
    assert found.good and [(one.organization, one.field) for one in found.signers] == [("First", "seller"), ("Second", "buyer")]
    first, second = (kept(one.path, one.sha256) for one in signed.signatures.all())
    assert first.startswith(kept(signed.path, signed.sha256)) and second.startswith(first)
    assert answers(first) == (True, True, True, True), "the file after one signature is good by itself"
    assert fully_signed(document_get(signed.pk, people["first"]))
    actions = [record.action for record in Record.objects.filter(subject=SUBJECT).order_by("seq")]
    assert actions == ["document.made", "document.signed", "document.signed"]


def test_a_changed_byte_is_told_as_not_intact_although_the_signature_stays_valid(signed):
    content = bytearray(document_bytes(signed))
    place = content.index(b"/Producer") if b"/Producer" in content else 60
    content[place + 3] ^= 1
    found = verify(bytes(content), provider().roots())
    assert not found.good and not found.intact
    assert found.valid or found.wrong, "pyHanko alone would have said valid: no answer stands for another"


@pytest.fixture(scope="module")
def signed_bytes(django_db_blocker):
    """One signed file for the property tests, without the database."""
    from langqiao.engine.contracts.draft import draft
    from langqiao.rules.clause_reader import contracts
    from langqiao.web.documents.typeset import draft_pdf
    from tests.contract_terms import terms_of

    contract = contracts()["nda"]
    terms = terms_of("nda", contract.sides)
    content = draft_pdf(draft(contract, terms, language="en"), signing=contract.signing_of(terms), mark="0" * 64)
    for organization, side in ((900_001, "seller"), (900_002, "buyer")):
        request = SignatureRequest(
            organization=organization, organization_name=f"Organization {organization}", user=organization, person="A person",
            side=side, sides=("seller", "buyer"), at=dt.datetime(2026, 11, 24, tzinfo=dt.UTC), language="en",
        )  # fmt: skip
        content = provider().sign(content, request).content
    assert answers(content) == (True, True, True, True)
    return content


@given(st.integers(0, 2**32), st.integers(1, 255))
@hypothesis_settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_changed_byte_anywhere_leaves_a_file_good(signed_bytes, place, bits):
    changed = bytearray(signed_bytes)
    changed[place % len(signed_bytes)] ^= bits
    assert not verify(bytes(changed), provider().roots()).good


@given(st.binary(min_size=1, max_size=200))
@hypothesis_settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_can_be_added_at_the_end(signed_bytes, added):
    found = verify(signed_bytes + added, provider().roots())
    assert not found.good and not found.whole_file


@pytest.mark.parametrize("added", [b"0", b" ", b"\n", b"0a", b"0A0"])
def test_the_gap_of_a_signature_holds_nothing_but_the_signature_and_zeros(signed_bytes, added):
    end = signed_bytes.rindex(b"00>", 0, len(signed_bytes)) + 2
    changed = signed_bytes[: end - len(added)] + added + signed_bytes[end:]
    found = verify(changed, provider().roots())
    assert found.good == (changed == signed_bytes)
    if not found.wrong and changed != signed_bytes:
        assert found.intact and not found.whole_file, "no signature covers the gap, so only this check can see it"


@given(st.integers(0, 2**32))
@hypothesis_settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_file_that_is_cut_is_never_good(signed_bytes, place):
    found = verify(signed_bytes[: place % len(signed_bytes)], provider().roots())
    # Cut exactly after the first revision the first signature still stands: the file is then the earlier, truly signed one.
    assert not found.good or len(found.signers) == 1


def test_an_increment_that_is_no_signature_is_found_though_every_signature_is_intact(signed):
    writer = IncrementalPdfFileWriter(io.BytesIO(document_bytes(signed)))
    writer.root["/Lang"] = writer.root["/Lang"]
    writer.update_root()
    found = verify(writer_bytes(writer), provider().roots())
    assert found.intact and not found.whole_file and not found.good


def writer_bytes(writer):
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def foreign_signer():
    """A signer of an authority of the same name that this site did not make."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, authority.ROOT_NAME)])
    key, now = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(tz=dt.UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(7).not_valid_before(now - dt.timedelta(1)).not_valid_after(now + dt.timedelta(100))
    usage = x509.KeyUsage(True, True, False, False, False, True, False, False, False)
    certificate = builder.add_extension(usage, critical=True).sign(key, hashes.SHA256())
    secret = key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return signers.SimpleSigner(
        signing_cert=as_asn1(certificate),
        signing_key=asn1_keys.PrivateKeyInfo.load(secret),
        cert_registry=SimpleCertificateStore(),
    )


def test_a_signature_of_another_authority_of_the_same_name_is_intact_and_valid_but_not_trusted(people):
    document = made_for(people)
    request = SignatureRequest(
        organization=1, organization_name="First", user=1, person="admin", side="seller", sides=("seller", "buyer"),
        at=dt.datetime(2026, 11, 24, tzinfo=dt.UTC), language="zh",
    )  # fmt: skip
    found = verify(append_signature(document_bytes(document), foreign_signer(), request, label="x"), provider().roots())
    assert (found.intact, found.valid, found.trusted, found.whole_file) == (True, True, False, True)
    assert not found.good


def test_a_foreign_signature_beside_good_ones_spoils_the_whole(signed):
    writer = IncrementalPdfFileWriter(io.BytesIO(document_bytes(signed)))
    meta = signers.PdfSignatureMetadata(field_name="intruder", md_algorithm="sha256")
    pdf_fields.append_signature_field(writer, pdf_fields.SigFieldSpec(sig_field_name="intruder"))
    content = signers.PdfSigner(meta, foreign_signer()).sign_pdf(writer, existing_fields_only=True).getvalue()
    found = verify(content, provider().roots())
    assert len(found.signers) == 3 and not found.trusted and not found.good


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"PK\x03\x04", b"%PDF-1.7\n" + b"\x00" * 500, b"\xff" * 2000])
def test_what_is_no_pdf_is_told_as_unreadable(content):
    assert verify(content, provider().roots()).wrong == "unreadable"


def test_an_unsigned_document_answers_no_four_times(people):
    found = document_verify(made_for(people))
    assert found.wrong == "unsigned" and not (found.intact or found.valid or found.trusted or found.whole_file)


def test_signing_twice_has_one_effect(people):
    document = made_for(people)
    assert sign(document, people, "admin") == sign(document, people, "admin") == sign(document, people, "approver")
    assert DocumentSignature.objects.filter(document=document).count() == 1


@pytest.mark.parametrize(("name", "code"), [("reader", "not_allowed"), ("editor", "not_allowed"), ("office", "not_found")])
def test_only_an_approver_of_a_side_signs(name, code, people):
    document = made_for(people)
    with pytest.raises(Refusal) as refused:
        sign(document, people, name)
    assert refused.value.code == code


def test_nobody_signs_with_another_persons_membership(people):
    with pytest.raises(Refusal) as refused:
        document_sign(document=made_for(people), membership=member(people, "admin"), user=people["editor"])
    assert refused.value.code == "not_allowed"


def test_a_version_that_was_replaced_is_not_signed_and_the_new_one_starts_unsigned(people):
    old = made_for(people)
    sign(old, people, "admin")
    new = made_for(people, price_fen=130_000_000)
    assert (new.version, new.signatures.count()) == (2, 0)
    with pytest.raises(Refusal) as refused:
        sign(old, people, "other")
    assert refused.value.code == "document_superseded"


def test_the_same_terms_give_the_same_document_and_the_same_bytes(people):
    first = made_for(people)
    assert made_for(people) == first
    other = document_make(
        kind="assignment_contract", subject="deal/00000000-0000-0000-0000-000000000003", language="zh", fields=ASSIGNMENT,
        organizations={"seller": people["first"], "buyer": people["second"]}, by=people[Role.EDITOR],
    )  # fmt: skip
    assert other.sha256 == first.sha256


def test_a_file_changed_on_disk_is_neither_read_nor_signed(people):
    document = made_for(people)
    path = Path(settings.MEDIA_ROOT) / document.path
    content = path.read_bytes()
    try:
        path.write_bytes(content + b" ")
        for act in (lambda: document_bytes(document), lambda: sign(document, people, "admin")):
            with pytest.raises(Refusal) as refused:
                act()
            assert refused.value.code == "document_damaged"
    finally:
        path.write_bytes(content)


@pytest.mark.parametrize("change", [{"sha256": "0" * 64}, {"made_from": "{}"}, {"subject": "deal/x"}])
def test_the_database_refuses_to_change_a_document(change, people):
    document = made_for(people)
    with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
        Document.objects.filter(pk=document.pk).update(**change)
    signature = sign(document, people, "admin")
    with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
        DocumentSignature.objects.filter(pk=signature.pk).update(by=people["other"])


def test_keys_are_readable_by_their_owner_only_and_one_for_each_person_of_an_organization(signed, people):
    folder = authority.folder()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    files = [folder / f"{people['first'].pk}-{people['admin'].pk}.pem", folder / "root.pem"]
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in files)
    assert len({one.certificate_sha256 for one in signed.signatures.all()}) == 2
    assert "not a qualified signature" in authority.root()[0].subject.rfc4514_string()


def test_a_person_whose_name_changes_gets_a_new_certificate(people):
    first = authority.leaf(organization=77, user=78, organization_name="Old name", person="A")
    assert authority.leaf(organization=77, user=78, organization_name="Old name", person="A")[0] == first[0]
    assert authority.leaf(organization=77, user=78, organization_name="New name", person="A")[0] != first[0]


def test_the_page_signs_only_with_a_second_factor(client, people):
    document = made_for(people)
    client.force_login(people["approver"])
    address = reverse("document_sign", kwargs={"document_id": document.pk})
    assert client.post(address).status_code == 403
    give_factor(client)
    assert client.post(address).status_code == 302
    assert document.signatures.get().by == people["approver"]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_verification_page_shows_each_answer_of_any_pdf(language, client, signed):
    client.cookies["django_language"] = language
    good = document_bytes(signed)
    for content, tone, status in ((good, "tag bad", 200), (good + b"x", "tag bad", 200), (b"no pdf", "tag bad", 422)):
        answer = client.post(reverse("verify"), {"file": io.BytesIO(content)})
        assert answer.status_code == status
        assert (tone in answer.content.decode()) == (content is not good and status == 200)
    page = client.post(reverse("verify"), {"file": io.BytesIO(good)})
    assert page.context["known"] and page.context["sha256"] == sha256_of(good) and page.context["verification"].good


def test_the_certificate_of_the_authority_can_be_fetched(client):
    answer = client.get(reverse("verify_root"))
    assert x509.load_pem_x509_certificate(answer.content) == authority.root()[0]

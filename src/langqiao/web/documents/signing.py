"""Signatures inside a PDF (PAdES): how one is appended, and the provider of certificates that the platform brings for tests."""

import hashlib
import io
from collections.abc import Sequence
from typing import Any

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from django.utils.translation import gettext as _
from django.utils.translation import override
from pyhanko.pdf_utils.content import PdfContent
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from langqiao.engine.kernel.dates import BEIJING
from langqiao.web.documents import authority
from langqiao.web.documents.signature import SignatureRequest, SignedFile
from langqiao.web.documents.typeset import BOX_HEIGHT, BOX_WIDTH, DJANGO_LANGUAGE, box_at, typeset


class TestAuthority:
    """Signs with keys that the platform made itself: everything about the file is proved, who holds the key only as well as the log-in is kept."""

    __test__ = False  # a provider for tests, not a test
    name = "test_authority"
    qualified = False

    def sign(self, content: bytes, request: SignatureRequest) -> SignedFile:
        """The file with one more signature."""
        certificate, key = authority.leaf(
            organization=request.organization, user=request.user, organization_name=request.organization_name, person=request.person
        )
        secret = key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        signer = signers.SimpleSigner(
            signing_cert=as_asn1(certificate),
            signing_key=asn1_keys.PrivateKeyInfo.load(secret),
            # The root is not put into the file: nothing but the signer's own certificate, which the signature covers, stands there unsigned.
            embed_roots=False,
            cert_registry=SimpleCertificateStore.from_certs([as_asn1(authority.root()[0])]),  # type: ignore[no-untyped-call]
        )
        with override(DJANGO_LANGUAGE[request.language]):
            label = self.label()
        signed = append_signature(content, signer, request, label=label)
        return SignedFile(content=signed, certificate_sha256=hashlib.sha256(as_asn1(certificate).dump()).hexdigest())

    def roots(self) -> Sequence[asn1_x509.Certificate]:
        """The one root: the test authority of this installation."""
        return [as_asn1(authority.root()[0])]

    def label(self) -> str:
        """What stands on the face of the signature."""
        return str(_("Test certificate authority: not a qualified signature"))


def as_asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    """A certificate in the form that pyHanko reads."""
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def append_signature(content: bytes, signer: signers.Signer, request: SignatureRequest, *, label: str) -> bytes:
    """The file with a signature by any signer in the field of its side, appended so that every earlier signature still holds.

    The first signature makes the fields of all sides and certifies the file: from then on nothing but further signatures may be added.
    """
    writer = IncrementalPdfFileWriter(io.BytesIO(content), strict=True)
    first = not PdfFileReader(io.BytesIO(content)).embedded_signatures
    if first:
        for place, side in enumerate(request.sides):
            fields.append_signature_field(writer, SigFieldSpec(sig_field_name=side, on_page=-1, box=box_at(place).rectangle))
    meta = signers.PdfSignatureMetadata(
        field_name=request.side,
        name=f"{request.organization_name} · {request.person}",
        reason=label,
        subfilter=SigSeedSubFilter.PADES,
        md_algorithm="sha256",
        certify=first,
        docmdp_permissions=MDPPerm.FILL_FORMS,
    )
    pdf_signer = signers.PdfSigner(meta, signer, stamp_style=StaticStampStyle(border_width=0, background=_face(request, label)))
    made: Any = pdf_signer.sign_pdf(writer, existing_fields_only=True)
    signed: bytes = made.getvalue()
    if not signed.startswith(content):
        raise AssertionError("a signature must leave every byte before it as it was")
    return signed


class FacePage(PdfContent):
    """One typeset page as the face of a signature: pyHanko imports pages from files only, these bytes never were one."""

    def __init__(self, page: bytes) -> None:
        self.page = page
        super().__init__()

    def render(self) -> bytes:
        """The page as a form that the field draws."""
        form = self._ensure_writer.import_page_as_xobject(PdfFileReader(io.BytesIO(self.page)))
        name = f"/Face{hashlib.sha256(self.page).hexdigest()[:16]}"
        self.resources.xobject[name] = form
        left, bottom, right, top = form.get_object()["/BBox"]
        self.box = BoxConstraints(width=abs(right - left), height=abs(top - bottom))
        return f"{name} Do".encode("ascii")


def _face(request: SignatureRequest, label: str) -> FacePage:
    """The visible part: typeset as a page of the field's size, so that Chinese names need no fonts of the signer's library."""
    with override(DJANGO_LANGUAGE[request.language]):
        said = _("Signed %(at)s") % {"at": request.at.astimezone(BEIJING).isoformat(sep=" ", timespec="seconds")}
    page = typeset(
        "stamp.typ",
        {
            "width": BOX_WIDTH,
            "height": BOX_HEIGHT,
            "lang": request.language,
            "organization": request.organization_name,
            "person": request.person,
            "at": str(said),
            "label": label,
        },
    )
    return FacePage(page)

"""Whether a PDF is what was signed: intact, valid, trusted and covered to its last byte, each told apart, for every signature in it."""

import io
import logging
import re
from collections.abc import Sequence

from asn1crypto import x509 as asn1_x509
from asn1crypto.parser import parse
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import EmbeddedPdfSignature, SignatureCoverageLevel, validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext

from langqiao.web.documents.signature import SIZE_MAX, SignerFound, Verification, Wrong

SIGNATURES_MAX = 50
_GAP = re.compile(rb"<(?:[0-9A-F]{2})+>|<(?:[0-9a-f]{2})+>")
# A damaged file is an answer, not an event of the site: the traceback pyHanko logs for each would let anybody fill the log.
logging.getLogger("pyhanko").setLevel(logging.CRITICAL)


def _nothing(wrong: Wrong) -> Verification:
    return Verification(intact=False, valid=False, trusted=False, whole_file=False, wrong=wrong)


def verify(content: bytes, roots: Sequence[asn1_x509.Certificate]) -> Verification:
    """The four answers for the bytes of a file, whatever they are; no network is used.

    Every error of the reader means the same to whoever asks: nothing in the file can be relied on.
    """
    if len(content) > SIZE_MAX:
        return _nothing("unreadable")
    try:
        reader = PdfFileReader(io.BytesIO(content), strict=True)
        found = list(reader.embedded_regular_signatures)
        if not found:
            return _nothing("unsigned")
        if len(found) > SIGNATURES_MAX:
            return _nothing("too_many")
        context = ValidationContext(trust_roots=list(roots), allow_fetching=False, revocation_mode="soft-fail")
        signers = tuple(_signer(one, context, last=one is found[-1], exact=_exact(one, content)) for one in found)
    except (PdfError, SignatureValidationError, SigningError, ValueError, KeyError, IndexError, TypeError, RecursionError):
        return _nothing("unreadable")
    return Verification(
        intact=all(one.intact for one in signers),
        valid=all(one.valid for one in signers),
        trusted=all(one.trusted for one in signers),
        whole_file=all(one.whole_file for one in signers),
        signers=signers,
    )


def _exact(embedded: EmbeddedPdfSignature, content: bytes) -> bool:
    """Whether the gap that the signature leaves in the file holds the signature and zeros, and nothing else.

    The gap is the one stretch no signature covers: hexadecimal digits of either case, blanks and anything after the signature's own end would
    be read over in silence.
    """
    start, length, end, _rest = (int(number) for number in embedded.byte_range)
    gap = content[start + length : end]
    if not _GAP.fullmatch(gap):
        return False
    raw = bytes.fromhex(gap[1:-1].decode("ascii"))
    _class, _method, _tag, header, body, trailer = parse(raw)
    return not raw[len(header) + len(body) + len(trailer) :].strip(b"\0")


def _signer(embedded: EmbeddedPdfSignature, context: ValidationContext, *, last: bool, exact: bool) -> SignerFound:
    status = validate_pdf_signature(embedded, context)
    subject = status.signing_cert.subject.native
    return SignerFound(
        field=str(embedded.field_name),
        organization=_one(subject.get("organization_name")),
        person=_one(subject.get("common_name")),
        issuer=_one(status.signing_cert.issuer.native.get("common_name")),
        at=status.signer_reported_dt,
        intact=bool(status.intact),
        valid=bool(status.valid),
        trusted=bool(status.trusted),
        whole_file=exact and _covers(status, last=last),
    )


def _covers(status: PdfSignatureStatus, *, last: bool) -> bool:
    """The last signature must cover the file to its last byte; an earlier one its whole revision, with nothing but signatures added since."""
    if last:
        return status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    whole = status.coverage in {SignatureCoverageLevel.ENTIRE_REVISION, SignatureCoverageLevel.ENTIRE_FILE}
    allowed = status.modification_level in {ModificationLevel.NONE, ModificationLevel.LTA_UPDATES, ModificationLevel.FORM_FILLING}
    return whole and allowed and status.docmdp_ok is not False


def _one(value: object) -> str:
    """A name of a certificate; where it stands several times, the first."""
    if isinstance(value, list):
        return str(value[0]) if value else ""
    return "" if value is None else str(value)

"""What a signature of a document is to the rest of the site: whom it is asked for, who makes it, and the four answers of a verification.

The libraries that write and read signatures stand behind it (`signing`, `verifying`): they take half a second to import, which a start of
the site does not wait for.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from asn1crypto import x509 as asn1_x509
from django.conf import settings

from langqiao.web.work.register import load

TEST_PROVIDER = "langqiao.web.documents.signing:TestAuthority"
SIZE_MAX = 32 * 1024 * 1024
"""The largest file that is verified, in bytes."""
Wrong = Literal["", "unreadable", "unsigned", "too_many"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureRequest:
    """Who signs for whom, where on the last page, and when. `sides`: every signing side of the document, in the order of their fields."""

    organization: int
    organization_name: str
    user: int
    person: str
    side: str
    sides: tuple[str, ...]
    at: dt.datetime
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedFile:
    """The file with the signature appended, and the hash of the signer's certificate."""

    content: bytes
    certificate_sha256: str


class SignatureProvider(Protocol):
    """What a certificate service offers to this room; `settings.SIGNATURE_PROVIDER` names the class as "module:Class".

    `sign` appends a signature to the file (never rewrites what is there) in the field of its side; `roots` are the certificates a
    verification trusts; `label` stands on the face of each signature and says what it is worth under the Electronic Signature Law.
    """

    name: str
    qualified: bool

    def sign(self, content: bytes, request: SignatureRequest) -> SignedFile: ...

    def roots(self) -> Sequence[asn1_x509.Certificate]: ...

    def label(self) -> str: ...


def provider() -> SignatureProvider:
    """The provider that the settings name; the platform's test authority where they name none."""
    made: SignatureProvider = load(getattr(settings, "SIGNATURE_PROVIDER", TEST_PROVIDER))()
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class SignerFound:
    """One signature: who, and its four answers. `at` is the time the signer's own machine told."""

    field: str
    organization: str
    person: str
    issuer: str
    at: dt.datetime | None
    intact: bool
    valid: bool
    trusted: bool
    whole_file: bool

    @property
    def good(self) -> bool:
        """All four: pyHanko tells a changed file as valid but not intact, so none may stand for another."""
        return self.intact and self.valid and self.trusted and self.whole_file


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The four answers over all signatures.

    `intact`: no signed byte has changed. `valid`: the signatures fit their certificates. `trusted`: the certificates come from a root that
    is trusted here. `whole_file`: nothing was added after the last signature, and nothing but signatures after each earlier one.
    """

    intact: bool
    valid: bool
    trusted: bool
    whole_file: bool
    signers: tuple[SignerFound, ...] = ()
    wrong: Wrong = ""

    @property
    def good(self) -> bool:
        """Whether the file may be relied on: at least one signature, and all four answers are yes."""
        return bool(self.signers) and self.intact and self.valid and self.trusted and self.whole_file

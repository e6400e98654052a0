"""The platform's own test certificate authority: made once under var/, one key for each person of an organization. Not a qualified signature."""

import datetime as dt
import os
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.utils import timezone

ROOT_NAME = "Langqiao test certificate authority (not a qualified signature)"
ROOT_YEARS, LEAF_YEARS = 20, 10
Pair = tuple[x509.Certificate, ec.EllipticCurvePrivateKey]


def folder() -> Path:
    """Where keys and certificates lie; readable by the owner of the process only."""
    path = Path(settings.VAR) / "signing"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.chmod(0o700)
    return path


def root() -> Pair:
    """The authority's certificate and key, made at the first call."""
    return _read("root") or _keep("root", _root_made())


def leaf(*, organization: int, user: int, organization_name: str, person: str) -> Pair:
    """The certificate and key of one person for one organization; made anew where a name has changed or the certificate is near its end."""
    name = f"{organization}-{user}"
    found = _read(name)
    subject = _subject(organization_name, person)
    if found and found[0].subject == subject and found[0].not_valid_after_utc > timezone.now() + dt.timedelta(days=30):
        return found
    return _keep(name, _leaf_made(subject))


def _subject(organization_name: str, person: str) -> x509.Name:
    """Names as X.509 holds them: at most 64 characters each."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization_name[:64]),
            x509.NameAttribute(NameOID.COMMON_NAME, person[:64]),
        ]
    )


def _root_made() -> Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, ROOT_NAME)])
    usage = _usage(signs_certificates=True)
    builder = _builder(name, name, key, ROOT_YEARS).add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    return builder.add_extension(usage, critical=True).sign(key, hashes.SHA256()), key


def _leaf_made(subject: x509.Name) -> Pair:
    issuer, issuer_key = root()
    key = ec.generate_private_key(ec.SECP256R1())
    builder = _builder(subject, issuer.subject, key, LEAF_YEARS)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_usage(signs_certificates=False), critical=True)
    authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    return builder.add_extension(authority, critical=False).sign(issuer_key, hashes.SHA256()), key


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, years: int) -> x509.CertificateBuilder:
    now = timezone.now()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(minutes=5))
        .not_valid_after(now + dt.timedelta(days=365 * years))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=not signs_certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _read(name: str) -> Pair | None:
    path = folder() / f"{name}.pem"
    if not path.exists():
        return None
    text = path.read_bytes()
    key = serialization.load_pem_private_key(text, password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return x509.load_pem_x509_certificate(text), key


def _keep(name: str, pair: Pair) -> Pair:
    """Writes a pair under its name, key and certificate in one file; of two processes that make the root at once, the first one's stands."""
    certificate, key = pair
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder() / f"{name}.pem"
    making = path.with_name(f".{name}-{os.getpid()}-{certificate.serial_number:x}")
    descriptor = os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secret + certificate.public_bytes(serialization.Encoding.PEM))
        file.flush()
        os.fsync(file.fileno())
    if name != "root":
        making.replace(path)
        return pair
    try:
        path.hardlink_to(making)
    except FileExistsError:
        found = _read(name)
        assert found is not None
        return found
    finally:
        making.unlink()
    return pair

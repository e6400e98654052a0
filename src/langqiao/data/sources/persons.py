"""Tells natural persons from organizations by the form of a name, and replaces persons by keyed hashes before anything is stored.

Privacy first: a name that could be either is treated as a person. The key is made once for a sample and stays on the machine; without it a
hash cannot be tried against lists of names.
"""

import hashlib
import hmac
import re
import secrets
import unicodedata
from dataclasses import dataclass
from pathlib import Path

KEY_BYTES = 32
HASH_LENGTH = 12
PREFIX = "PERSON-"

_FORMS = frozenset(
    """AB AG AS ASA BV BVBA CO COMPANY COMPANIES CORP CORPORATION CV EG EV GBR GMBH HB INC INCORPORATED KABUSHIKI KAISHA KG KGAA KK LIMITED LLC LLLP
    LLP LP LTD LTDA MBH NA NV OAO OY OYJ PBC PC PLC PLLC PTE PTY PVT SA SARL SAS SE SNC SPA SRL SRO TRUST ULC VOF ZRT APS CIA CIE SICAV FSB
    SPRL DBA KOMMANDITGESELLSCHAFT AKTIENGESELLSCHAFT GESELLSCHAFT SOCIETE SOCIEDAD SOCIETA OOO ZAO PJSC JSC""".split()  # noqa: SIM905 - a table
)
_WORDS = frozenset(
    """ACADEMY ADMINISTRATION ADVISORS AGENCY AGENT AIRCRAFT AIRLINES APPLIED ASSOCIATES ASSOCIATION AUTHORITY AUTOMATION AUTOMOTIVE BANK BANCORP
    BIOSCIENCES BIOTECH BOARD BRANDS BROTHERS CAPITAL CENTER CENTRE CHEMICAL CHEMICALS CLINIC COLLEGE COMMISSARIAT COMMISSION COMMUNICATIONS
    CONSULTING COUNCIL CREDIT DEPARTMENT DESIGN DEVELOPMENT DEVICES DIAGNOSTICS DIGITAL ELECTRIC ELECTRONIC ELECTRONICS ENERGY ENGINEERING
    ENTERPRISE ENTERPRISES EQUIPMENT EQUITY FEDERAL FINANCE FINANCIAL FOODS FOUNDATION FUND FUNDING FUNDS GENERAL GLOBAL GOVERNMENT GROUP HEALTH
    HEALTHCARE HEARING HOLDING HOLDINGS HOSPITAL IMAGING INDUSTRIAL INDUSTRIES INDUSTRY INFORMATION INNOVATION INNOVATIONS INSTITUT INSTITUTE
    INSTITUTES INSTITUTION INSTRUMENTS INSURANCE INTELLECTUAL INTERACTIVE INTERNATIONAL INVESTMENT INVESTMENTS INVESTORS LABORATORIES LABORATORY
    LABS LENDING LICENSING LOGISTICS MACHINES MANAGEMENT MANUFACTURING MARINE MARKETING MATERIALS MEDIA MEDICAL MICROSYSTEMS MINISTER MINISTRY
    MOBILITY MOTORS NATIONAL NETWORK NETWORKS OFFICE OPERATIONS OPERATING OPTICAL PARTNERS PARTNERSHIP PATENT PATENTS PHARMA PHARMACEUTICAL
    PHARMACEUTICALS PLASTICS POWER PRODUCTS PROPERTIES PROPERTY PUBLIC RECEIVABLES REGENTS RENEWABLE REPUBLIC RESEARCH RESOURCES RETAIL ROBOTICS
    SCIENCE SCIENCES SCIENTIFIC SECRETARY SECURITIES SECURITY SEMICONDUCTOR SERVICE SERVICES SOCIETY SOFTWARE SOLUTIONS STATES STEEL STUDIOS
    SYSTEM SYSTEMS TECHNIK TECHNIQUES TECHNOLOGIE TECHNOLOGIES TECHNOLOGY TELECOM TELECOMMUNICATIONS THERAPEUTICS TRUSTEE TRUSTEES TURBINES UNION
    UNITED UNIV UNIVERSITAET UNIVERSITAT UNIVERSITATSKLINIKUM UNIVERSITE UNIVERSITEIT UNIVERSITY USA VENTURE VENTURES WIRELESS WORKS WORLDWIDE""".split()  # noqa: SIM905
)
_SINGLES = frozenset({"APPLE", "GOOGLE", "SIEMENS", "WIDEX", "NOKIA", "SONY", "IBM", "INTEL"})
"""One-word names without a legal form that we know to be firms; every other single word counts as a person."""

_AMBIGUOUS = frozenset({"AG", "AS", "ASA", "KG", "NA", "PC", "SA", "SAS", "SE", "ZAO", "CIE", "CIA", "EG", "EV", "HB", "AB"})
"""Legal forms that are also given names or initials: after "SURNAME," they prove nothing unless written with dots."""

_DOTTED = re.compile(r"[A-Z](?:\.[A-Z])+\.?")
_PART = re.compile(r"[A-Z0-9]+|&")


def is_person(name: str) -> bool:
    """Whether a name is, or could be, that of a natural person."""
    plain = unicodedata.normalize("NFKD", name.upper().replace("A/S", "A.S.")).encode("ascii", "ignore").decode("ascii")
    left, comma, right = _DOTTED.sub(lambda match: match[0].replace(".", ""), plain).partition(",")
    before, after = _PART.findall(left), _PART.findall(right)
    if not (before or after) or name.startswith(PREFIX):
        return False
    if comma and after and _is_surname_first(before, after, dotted=bool(_DOTTED.match(plain.partition(",")[2].strip()))):
        return True
    parts = [*before, *after]
    if any(part in _WORDS or part == "&" or part.isdigit() or any(letter.isdigit() for letter in part) for part in parts):
        return False
    return not (any(part in _FORMS for part in parts[1:]) or (len(parts) == 1 and parts[0] in _SINGLES))


def _is_surname_first(before: list[str], after: list[str], *, dotted: bool) -> bool:
    """SURNAME, GIVEN NAMES: a short surname that is no word of a firm, then anything but a clear legal form."""
    clear = any(part in _FORMS - _AMBIGUOUS for part in after) or (dotted and after[0] in _FORMS)
    is_firm = len(before) > 1 and any(part in _WORDS | _FORMS or part == "&" for part in before)
    return len(before) <= 3 and not clear and not is_firm


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """Replaces the names of persons; the same name gives the same hash under one key."""

    key: bytes

    @classmethod
    def kept_in(cls, folder: Path) -> "Pseudonyms":
        """With the key of a sample folder, made at the first call; readable by its owner only."""
        place = folder / ".pseudonym-key"
        if not place.exists():
            folder.mkdir(parents=True, exist_ok=True)
            place.touch(mode=0o600)
            place.write_bytes(secrets.token_bytes(KEY_BYTES))
        return cls(place.read_bytes())

    def of(self, name: str) -> str:
        """The pseudonym of a person."""
        plain = " ".join(name.upper().replace(",", " ").split())
        return PREFIX + hmac.new(self.key, plain.encode("utf-8"), hashlib.sha256).hexdigest()[:HASH_LENGTH]

    def shown(self, name: str) -> str:
        """The name of an organization as it is, that of a person as its pseudonym."""
        return self.of(name) if is_person(name) else name

"""Parties of EPO records: names come twice (standardized and as written), so each party is kept once, with both names."""

import re

from langqiao.data.formats.epo_ids import name_of
from langqiao.data.formats.epo_tree import Element, text_at
from langqiao.data.formats.model import Party

_COUNTRY = re.compile(r"\s*\[([A-Z]{2})\]\s*$")
_STANDARD = frozenset({"docdb", "epodoc"})


def parties(biblio: Element, *, is_grant: bool) -> list[Party]:
    """Applicants and inventors of OPS and DOCDB; the applicants of a grant are also its owners (the register then says who owns it now)."""
    inventors = _role(biblio, "inventors/inventor", "inventor-name/name", "inventor")
    people = {party.std_name.casefold() for party in inventors}
    applicants = [
        party._replace(is_organization=False if party.std_name.casefold() in people else None)
        for party in _role(biblio, "applicants/applicant", "applicant-name/name", "applicant")
    ]
    owners = [party._replace(role="owner") for party in applicants] if is_grant else []
    return [*applicants, *owners, *inventors]


def register_parties(biblio: Element, *, is_grant: bool) -> list[Party]:
    """Parties of the European Patent Register: the newest group of each role; after grant its applicants are the proprietors."""
    found: list[Party] = []
    groups = (("applicants", "applicant"), ("inventors", "inventor"), ("agents", "agent"), ("licensees", "licensee"))
    for group, role in groups:
        newest = max(biblio.findall(f"parties/{group}"), key=lambda entry: entry.get("change-date", ""), default=None)
        if newest is not None:
            found += [_register_party(entry, role, index) for index, entry in enumerate(newest, 1)]
    return found + [party._replace(role="owner") for party in found if party.role == "applicant" and is_grant]


def _register_party(entry: Element, role: str, sequence: int) -> Party:
    name = name_of(entry.find("addressbook/name"))
    country = text_at(entry, "addressbook/address/country") or text_at(entry, "residence/country")
    return Party(role, sequence, name, "", False if role == "inventor" else None, country, "", "", "")


def _role(biblio: Element, path: str, name_path: str, role: str) -> list[Party]:
    standard: dict[str, Party] = {}
    original: dict[str, Party] = {}
    for entry in biblio.iterfind(f"parties/{path}"):
        party = _party(entry, name_path, role)
        if party.name:
            (standard if entry.get("data-format") in _STANDARD else original).setdefault(party.name.casefold(), party)
    if not standard:
        return [party._replace(sequence=index) for index, party in enumerate(original.values(), 1)]
    written = [party.name for party in original.values()]
    paired = written if len(written) == len(standard) else [party.name for party in standard.values()]
    return [party._replace(sequence=index, name=name) for index, (party, name) in enumerate(zip(standard.values(), paired, strict=True), 1)]


def _party(entry: Element, name_path: str, role: str) -> Party:
    name = name_of(entry.find(name_path))
    marked = _COUNTRY.search(name)
    country = text_at(entry, "residence/country") or (marked[1] if marked else "")
    bare = _COUNTRY.sub("", name)
    return Party(role, 0, bare, bare, False if role == "inventor" else None, country, "", "", "")

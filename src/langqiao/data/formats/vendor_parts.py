"""The lists inside a row: parties, classes, claims, citations, priorities, families and a vendor's own scores."""

from collections.abc import Iterator

from langqiao.data.formats.model import Citation, Claim, Classification, FamilyMember, Party, Priority, VendorOpinion
from langqiao.data.formats.values import is_organization, read_date
from langqiao.data.formats.vendor_values import RowValues
from langqiao.data.reference.places import address, country, province
from langqiao.engine.patents.classification import Symbol, cpc, ipc, locarno
from langqiao.engine.patents.number import parse

_APPLICANT_TYPES = {"企业": True, "大专院校": True, "科研单位": True, "机关团体": True, "公司": True, "个人": False, "其他": None}
_FAMILY_MODELS = {
    "simple_family": "vendor-simple",
    "extended_family": "vendor-extended",
    "inpadoc_family": "inpadoc",
    "docdb_family": "docdb",
    "vendor_family": "vendor-simple",
}
_OPINIONS = (
    "vendor_value_score", "vendor_stability_score", "vendor_advancement_score", "vendor_scope_score", "vendor_value_amount",
    "vendor_tech_score", "vendor_market_score", "applicant_contribution_score",
)  # fmt: skip
MAX_VALUES = 5_000
"""The most values taken from one cell; what lies beyond is reported."""


def parties(values: RowValues) -> list[Party]:
    """Applicants, current owners, inventors and agents, each with what other columns say of them where the counts agree."""
    return [
        *_owners(values, "applicant", "applicants", "applicants_std"),
        *_owners(values, "owner", "current_owners", "current_owners_std"),
        *_plain("inventor", values.many("inventors", "current_inventors", "first_inventor"), is_org=False),
        *_plain("agent", values.many("agency"), is_org=True),
        *_plain("agent", values.many("agents"), is_org=False),
    ]


def _plain(role: str, names: list[str], *, is_org: bool) -> Iterator[Party]:
    for sequence, name in enumerate(names, 1):
        yield Party(role, sequence, name, "", is_org, "", "", "", "")


def _owners(values: RowValues, role: str, names_field: str, std_field: str) -> Iterator[Party]:
    standard = values.many(std_field)
    names = values.many(names_field, "first_applicant") if role == "applicant" else values.many(names_field)
    names = names or standard
    types = values.many("applicant_types") if role == "applicant" else []
    countries = values.many("applicant_countries") if role == "applicant" else []
    for i, name in enumerate(names):
        kind = types[i] if len(types) == len(names) else ""
        where = _where(values, role) if i == 0 else ("", "", "")
        code = country(countries[i]) if len(countries) == len(names) else None
        known = _APPLICANT_TYPES.get(kind)
        yield Party(
            role=role,
            sequence=i + 1,
            name=name,
            std_name=standard[i] if len(standard) == len(names) else "",
            is_organization=known if known is not None else is_organization(name),
            country=code.code if code else where[0],
            region=where[1],
            city=where[2],
            kind_code=kind,
        )


def _where(values: RowValues, role: str) -> tuple[str, str, str]:
    """Country, region and city of the first applicant or owner."""
    if role == "owner":
        found = province(values.text("owner_province"))
        return ("CN", found.name_zh, "") if found else ("", values.text("owner_province"), "")
    place = address(values.text("applicant_address"))
    code = values.text("applicant_province_code")
    found = next((p for part in code.replace("；", ";").split(";") if (p := province(part))), None)
    city = values.text("applicant_city") or place.city
    if found:
        return "CN", found.name_zh, city
    return place.country, place.region or code, city


def classes(values: RowValues) -> list[Classification]:
    """IPC (main first), CPC, Locarno and US classes; what is no symbol is reported."""
    found: list[Classification] = []
    for names, reader in ((("ipc_main", "ipc"), ipc), (("cpc",), cpc), (("locarno",), locarno)):
        symbols: dict[str, Symbol] = {}
        for name in names:
            for raw in values.many(name)[:MAX_VALUES]:
                symbol = reader(raw) or (locarno(raw) if name != "cpc" else None)
                if symbol is None:
                    values.note("class_unreadable", f"{values.header(name)!r} holds {raw[:40]!r}, which is no symbol", name, raw=raw)
                else:
                    symbols.setdefault(symbol.symbol, symbol)
        found += [_class(symbol, sequence) for sequence, symbol in enumerate(symbols.values(), 1)]
    return found + [Classification("uspc", i, raw, "", i == 1, None, "", raw) for i, raw in enumerate(values.many("uspc"), 1)]


def _class(symbol: Symbol, sequence: int) -> Classification:
    return Classification(
        scheme=symbol.scheme,
        sequence=sequence,
        symbol=symbol.symbol,
        subclass=symbol.subclass,
        is_main=sequence == 1,
        is_inventive=symbol.is_inventive,
        edition=symbol.edition,
        raw=symbol.raw,
    )


def claims(values: RowValues) -> list[Claim]:
    """The first claim, the only one a list carries with its number."""
    text = values.text("first_claim")
    return [Claim(1, text, ())] if text else []


def citations(values: RowValues) -> list[Citation]:
    """Cited patents and literature in the order of the cell; a vendor's list does not say who cited."""
    found: list[Citation] = []
    for raw in values.many("cited_patents")[:MAX_VALUES]:
        number = parse(raw, kind_of="publication")
        found.append(
            Citation(
                sequence=len(found) + 1,
                kind_of="patent",
                office=number.office if number else "",
                number=number.number if number else "",
                kind=number.kind if number else "",
                date=None,
                category="",
                relevance="",
                phase="",
                raw=raw,
            )
        )
    for raw in values.many("cited_npl")[:MAX_VALUES]:
        found.append(Citation(len(found) + 1, "npl", "", "", "", None, "", "", "", raw))
    return found


def priorities(values: RowValues) -> list[Priority]:
    """Priorities with their dates where the counts agree."""
    raws = values.many("priority_nos", "priorities")
    days = values.days("priority_dates")
    found = []
    for i, raw in enumerate(raws[:MAX_VALUES]):
        parts = raw.split()
        stated = next((day for part in parts if (day := read_date(part))), None)
        number = parse(raw, kind_of="application") or next((n for part in parts if (n := parse(part, kind_of="application"))), None)
        day = days[i] if len(days) == len(raws) else stated
        found.append(Priority(i + 1, "priority", number.office if number else "", number.number if number else raw, day))
    return found


def families(values: RowValues) -> list[FamilyMember]:
    """Family members by the model under which the source lists them; models are never mixed."""
    found: dict[tuple[str, str], FamilyMember] = {}
    for name, model in _FAMILY_MODELS.items():
        identity = values.text(f"{name}_id")
        for raw in values.many(name)[:MAX_VALUES]:
            number = parse(raw, kind_of="publication")
            if number is not None:
                member = FamilyMember(model, identity, number.office, number.number, number.kind, None)
                found.setdefault((model, number.key), member)
    return list(found.values())


def opinions(values: RowValues) -> list[VendorOpinion]:
    """A vendor's scores and amounts as third-party opinions of the day the file was obtained."""
    vendor = values.vendor if values.vendor in {"incopat", "patsnap"} else "unknown"
    return [
        VendorOpinion(vendor, name.removeprefix("vendor_"), text, values.retrieved_on) for name in _OPINIONS if (text := values.text(name))
    ]

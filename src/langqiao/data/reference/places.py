"""Where an owner sits: provinces of China (GB/T 2260), countries and organizations (WIPO ST.3), and Chinese addresses cut into parts."""

import re
from dataclasses import dataclass
from functools import cache

from langqiao.data.reference.tables import rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Province:
    """A province-level unit; `kind` municipality, province, autonomous_region or special_administrative_region."""

    code: str
    name_zh: str
    name_en: str
    short_zh: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """A country or organization by its two-letter code."""

    code: str
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """The parts of an address. `country` is a code, "" where unknown; `region` a province's full name; `rest` what was not placed."""

    postcode: str = ""
    country: str = ""
    region: str = ""
    city: str = ""
    rest: str = ""


@cache
def provinces() -> tuple[Province, ...]:
    """The 34 province-level units."""
    return tuple(Province(**row) for row in rows("provinces"))


@cache
def countries() -> tuple[Country, ...]:
    """Countries and organizations whose names occur in patent records."""
    return tuple(Country(**row) for row in rows("countries"))


@cache
def _province_names() -> dict[str, Province]:
    names: dict[str, Province] = {}
    for province in provinces():
        for name in (province.code, province.name_zh, province.short_zh, province.name_en.lower(), province.short_zh + "省"):
            names[name] = province
    return names


@cache
def _country_names() -> dict[str, Country]:
    names: dict[str, Country] = {}
    for country in countries():
        for name in (country.code, country.name_zh, country.name_en.lower()):
            names[name] = country
    aliases = {"欧洲": "EP", "欧专局": "EP", "欧洲专利": "EP", "欧洲专利局(EPO)": "EP", "世界知识产权组织(WIPO)": "WO", "PCT": "WO", "国际局": "WO",
               "台湾": "TW", "香港": "HK", "澳门": "MO", "大韩民国": "KR", "usa": "US", "united states of america": "US", "uk": "GB",
               "korea": "KR", "south korea": "KR", "p.r. china": "CN", "taiwan": "TW", "hong kong": "HK", "great britain": "GB"}  # fmt: skip
    return names | {name: names[code] for name, code in aliases.items()}


def province(text: str) -> Province | None:
    """The province of a code ("44"), a full or short name ("广东省", "广东") or an English name; None where it is none."""
    return _province_names().get(text.strip()) or _province_names().get(text.strip().lower())


def country(text: str) -> Country | None:
    """The country or organization of a code, a Chinese or an English name; None where it is none."""
    plain = text.strip()
    return _country_names().get(plain) or _country_names().get(plain.upper()) or _country_names().get(plain.lower())


_POSTCODE = re.compile(r"^\s*(\d{6})(?!\d)\s*")
_CITY = re.compile(r"^(.{1,12}?(?:自治州|地区|盟|市|新区|自由贸易试验区|自治县|林区|区|县))")


def address(text: str) -> Address:
    """A Chinese address such as "518057广东省深圳市南山区…" in parts; a foreign one as it begins with the country's Chinese name."""
    match = _POSTCODE.match(text)
    postcode, rest = (match[1], text[match.end() :]) if match else ("", text.strip())
    foreign = next((c for c in _by_length() if rest.startswith(c.name_zh) and c.code != "CN"), None)
    if foreign is not None:
        return Address(postcode=postcode, country=foreign.code, rest=rest[len(foreign.name_zh) :].strip())
    rest = rest.removeprefix("中国")
    found = next((p for p in provinces() if rest.startswith(p.name_zh)), None) or next(
        (p for p in provinces() if rest.startswith(p.short_zh)), None
    )
    if found is None:
        return Address(postcode=postcode, country="CN" if postcode else "", rest=rest)
    rest = rest.removeprefix(found.name_zh) if rest.startswith(found.name_zh) else rest[len(found.short_zh) :]
    city = _CITY.match(rest)
    return Address(
        postcode=postcode, country="CN", region=found.name_zh, city=city[1] if city else "", rest=rest[city.end() :] if city else rest
    )


@cache
def _by_length() -> tuple[Country, ...]:
    return tuple(sorted(countries(), key=lambda c: -len(c.name_zh)))

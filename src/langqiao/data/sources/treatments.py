"""Turns the members of one package into input files: each treatment by its name, several members into one file where they belong together."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from langqiao.data.sources import redact_json, redact_xml
from langqiao.data.sources.cassettes import bodies, conveyance_rows, merged_rows, public_answer
from langqiao.data.sources.members import read_members
from langqiao.data.sources.packages import Member, Package, Treatment, members
from langqiao.data.sources.persons import Pseudonyms

Redaction = Callable[[bytes, Pseudonyms], bytes]

REDACTIONS: dict[Treatment, Redaction] = {
    "copy": lambda data, _names: data,
    "public_search": redact_json.public_search,
    "peds_json": redact_json.peds,
    "odp_json": redact_json.portal,
    "ops_json": redact_json.ops,
    "patentbench_jsonl": redact_json.json_lines,
    "solr_xml": redact_xml.solr,
    "ops_xml": redact_xml.ops,
    "grant_xml": redact_xml.grant,
}
"""Treatments that make one file of one member."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One input file made from a package: its place below the sample folder, its bytes, the members it comes from with their SHA-256."""

    target: str
    data: bytes
    origins: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Intake:
    """What is read of one package: the members found, those missing."""

    package: Package
    path: Path
    names: Pseudonyms
    on_member: Callable[[str], None] = lambda _name: None
    missing: list[str] = field(default_factory=list)

    def files(self) -> Iterator[Taken]:
        """Every input file of the package; afterwards `missing` names the members that were not there."""
        wanted = {member.name: member for member in members(self.package.name)}
        conveyances: dict[str, list[tuple[str, bytes]]] = defaultdict(list)
        left = dict(wanted)
        for name, data in read_members(self.path, frozenset(wanted)):
            member = left.pop(name)
            self.on_member(name)
            if member.treatment == "assignment_cassette":
                conveyances[member.target].append((name, data))
            else:
                yield from _files(member, data, self.names)
        for target, cassettes in conveyances.items():
            rows = conveyance_rows(answer for _, data in sorted(cassettes) for answer in bodies(data))
            origins = tuple((name, _sha256(data)) for name, data in sorted(cassettes))
            yield Taken(target=target, data=merged_rows(rows, self.names), origins=origins)
        self.missing = list(left)


def _files(member: Member, data: bytes, names: Pseudonyms) -> Iterator[Taken]:
    origins = ((member.name, _sha256(data)),)
    if member.treatment == "ptab_cassette":
        for index, answer in enumerate(bodies(data), 1):
            target = member.target.replace(".json", f"-{index}.json") if index > 1 else member.target
            yield Taken(target=target, data=public_answer(answer, names), origins=origins)
        return
    yield Taken(target=member.target, data=REDACTIONS[member.treatment](data, names), origins=origins)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()

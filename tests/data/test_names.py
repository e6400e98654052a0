"""Owner names: what is one owner, what never is, and how well one fixed setting does on names it was tuned on and on others."""

import csv
import gzip
import os
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langqiao.data.names.measure import quality
from langqiao.data.names.normal import normal
from langqiao.data.names.resolve import resolve

SHARED = Path(os.environ.get("LANGQIAO_SHARED", Path(__file__).parents[2].parent / "shared")) / "data"

SAME = [
    ("Siemens Aktiengesellschaft", "SIEMENS AG"),
    ("Hewlett-Packard Company", "HEWLETT PACKARD CO."),
    ("Minolta Camera Kabushiki Kaisha", "Minolta Camera K.K."),
    ("Procter & Gamble Co., The", "The Procter and Gamble Company"),
    ("Société Anonyme Dassault Aviation", "Dassault Aviation S.A."),
    ("Max-Planck-Gesellschaft zur Förderung der Wissenschaften e.V.", "Max Planck Gesellschaft zur Foerderung der Wissenschaften"),
    ("Commissariat à l'Energie Atomique", "COMMISSARIAT A L ENERGIE ATOMIQUE"),
    ("The Board of Regents, The University of Texas System", "University of Texas System, Board of Regents"),
    ("Univ. of California", "University of California"),
    ("United States of America as represented by the Secretary of the Navy", "The U.S. Government, represented by the Secretary of the Navy"),
    ("United States Department of Energy", "The United States of America as represented by the Department of Energy"),
    ("Asahi Kasei Kogyo Kabushiki Kaisha", "Asahi Kasei KK"),
    ("LG Chem Laboratories Limited", "LG Chem Laboratory, Ltd"),
    ("国家电网公司", "国家电网有限公司"),
    ("株式会社LG化学", "LG化学株式会社"),
    ("惠普发展公司，有限责任合伙企业", "惠普发展公司,有限责任合伙企业"),
    ("삼성전자주식회사", "삼성전자 주식회사"),
]  # fmt: skip
APART = [
    ("Siemens AG", "Siemens Healthcare GmbH"),
    ("Hoechst AG", "Hoechst Celanese Corporation"),
    ("Honeywell Inc.", "Honeywell International Inc."),
    ("Taiwan Semiconductor Co., Ltd.", "Taiwan Semiconductor Manufacturing Co., Ltd."),
    ("Sanyo Denki KK", "Sanko Denki KK"),
    ("Nitto Denko Corporation", "Nitta Denko Corporation"),
    ("Toyota Koki KK", "Toyoda Koki KK"),
    ("General Electric Company", "General Electronics Company"),
    ("The United States of America as represented by the Secretary of the Navy",
     "The United States of America as represented by the Secretary of the Army"),
    ("Institute No. 1 of Optics", "Institute No. 2 of Optics"),
    ("U.S. Steel Corporation", "Steel Corporation"),
    ("海尔集团公司", "海尔公司"),
    ("中国石油化工股份有限公司", "中国石油化工集团公司"),
    ("广东电网有限责任公司", "广东电网有限责任公司电力科学研究院"),
    ("XX（上海）有限公司", "XX（北京）有限公司"),
    ("第一汽车有限公司", "第二汽车有限公司"),
    ("西安交通大学", "西南交通大学"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), SAME)
def test_forms_of_one_owner_are_joined(one, other):
    found = resolve([one, other])
    assert found[one] == found[other]


@pytest.mark.parametrize(("one", "other"), APART)
def test_different_owners_stay_apart_even_when_one_is_much_more_frequent(one, other):
    found = resolve([*[one] * 500, other])
    assert found[one] != found[other]


def test_a_rare_misspelling_joins_the_common_name():
    names = ["International Business Machines Corporation", "International Business Machines Corp.", "International Business Machines Inc",
             "International Buisness Machines Corporation", "Business Machines Europe", "Business Systems", "Business Solutions", "Business Objects"]  # fmt: skip
    found = resolve(names)
    assert found["International Buisness Machines Corporation"] == found["International Business Machines Corp."]
    assert found["Business Systems"] != found["Business Solutions"]


def test_a_misspelled_legal_form_is_a_legal_form():
    assert resolve(["Xerox Corporation", "Xerox Coporation", "Xerox Comapny"]) == dict.fromkeys(
        ["Xerox Corporation", "Xerox Coporation", "Xerox Comapny"], "Xerox Comapny"
    )


def test_an_acronym_joins_only_the_name_beside_which_it_is_written():
    full = "Centre National de la Recherche Scientifique"
    found = resolve([full, full, f"{full} (CNRS)", "CNRS", "UOP Inc.", "Universal Oil Products"])
    assert found["CNRS"] == full
    assert found["UOP Inc."] != found["Universal Oil Products"]


def test_an_acronym_of_two_owners_stays_alone():
    names = ["Alpha Beta Cable Delta (ABCD)", "Atlas Boat Canoe Dock (ABCD)", "ABCD"]
    found = resolve(names)
    assert found["ABCD"] == "ABCD"
    assert len(set(found.values())) == 3


def test_the_name_written_most_often_stands_for_the_owner():
    assert set(resolve(["IBM Corp", "IBM Corp", "IBM Corporation"]).values()) == {"IBM Corp"}


def test_a_name_of_nothing_but_legal_forms_is_kept():
    assert resolve(["Co., Ltd.", "公司", ""]) == {"Co., Ltd.": "Co., Ltd.", "公司": "公司", "": ""}


@given(st.lists(st.text(max_size=30), max_size=20))
def test_every_name_has_one_owner_and_owners_stand_for_themselves(names):
    found = resolve(names)
    assert found.keys() == set(names)
    assert all(found[owner] == owner for owner in found.values())


@given(st.lists(st.sampled_from([name for pair in SAME + APART for name in pair]), max_size=12), st.randoms(use_true_random=False))
def test_the_order_of_the_names_does_not_matter(names, random):
    shuffled = list(names)
    random.shuffle(shuffled)
    assert resolve(names) == resolve(shuffled)


@given(st.text(max_size=60))
def test_the_normal_form_of_any_text_is_not_empty_and_stable_in_case(name):
    assert normal(name).tokens
    if name.isascii():
        assert normal(name).tokens == normal(name.upper()).tokens


def test_quality_counts_pairs_and_mentions():
    truth = [("a", "x", 2), ("a", "y", 2), ("b", "z", 4)]
    found = quality(truth, {"x": "1", "y": "1", "z": "2"})
    assert (found.pair_f1, found.b3_f1) == (1.0, 1.0)
    split = quality(truth, {"x": "1", "y": "2", "z": "3"})
    assert (split.pair_precision, split.pair_recall) == (1.0, (1 + 1 + 6) / (6 + 6))
    assert split.b3_recall == (2 * 2 / 4 + 2 * 2 / 4 + 4) / 8
    with pytest.raises(ValueError):
        quality([("a", "x", 1)], {"x": "1"})


def plain_normalizer(name):
    legal = set(
        "inc incorporated corp corporation co company ltd limited llc llp lp plc gmbh ag kg sa sas sarl spa bv nv ab oy as kk the".split()  # noqa: SIM905
    )
    text = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c)).lower()
    words = re.sub(r"[^\w]+", " ", re.sub(r"[.'’]", "", text)).split()
    return " ".join(word for word in words if word not in legal) or name


@pytest.mark.skipif(not (SHARED / "owner_names").is_dir(), reason="the development data folder is absent")
def test_the_goals_hold_on_the_tuning_set_and_beat_the_plain_normalizer():
    with gzip.open(SHARED / "owner_names" / "air_umass_names.csv.gz", "rt", encoding="utf-8", newline="") as file:
        rows = [(row["entity"], row["name"], int(row["mentions"])) for row in csv.DictReader(file)]
    names = [name for _, name, _ in rows]
    assert (len(rows), sum(mentions for *_, mentions in rows), len({owner for owner, *_ in rows})) == (2269, 185_250, 105)
    ours = quality(rows, resolve(names))
    plain = quality(rows, {name: plain_normalizer(name) for name in names})
    assert ours.pair_f1 >= 0.985 > plain.pair_f1
    assert ours.b3_f1 >= 0.965 > plain.b3_f1
    assert ours.pair_precision > 0.9999


@pytest.mark.skipif(not (SHARED / "cn_gazette").is_dir(), reason="the development data folder is absent")
def test_on_chinese_owners_it_was_not_tuned_on_nothing_is_split_and_little_is_joined():
    with (SHARED / "cn_gazette" / "cn_gazette_8000.utf8.csv").open(encoding="utf-8") as file:
        names = {part.strip("? ") for row in csv.DictReader(file) for part in row["patentee"].split(";") if part.strip("? ")}
    assert len(names) > 5_600
    found = resolve(names)
    joined = {}
    for name in names:
        joined.setdefault(plain_normalizer(name), set()).add(found[name])
    assert [group for group in joined.values() if len(group) > 1] == []
    groups = {}
    for name, owner in found.items():
        groups.setdefault(owner, set()).add(name)
    differing = [group for group in groups.values() if len({normal(name).tokens for name in group}) > 1]
    assert differing == []
    assert len(names) - len(groups) < 30

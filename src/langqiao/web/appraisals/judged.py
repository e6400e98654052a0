"""What is judged of a patent today: facts, grades under every scheme, the high-value check, the opinion of value; kept for each version of the lake."""

import dataclasses
import datetime as dt
import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils import timezone

from langqiao.data.appraisal import chosen_scheme, value_from
from langqiao.data.appraisal_facts import facts_of as facts_from
from langqiao.data.appraisal_rows import citing_rows
from langqiao.engine.grading.facts import Facts
from langqiao.engine.grading.grade import Grade, Lenses, grade, lenses
from langqiao.engine.grading.high_value import HighValueCheck, check
from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.valuation.opinion import Opinion
from langqiao.rules import parameters
from langqiao.rules.scheme_reader import schemes
from langqiao.web.common.lake import lake_at
from langqiao.web.patents.records import gathered, state_of
from langqiao.web.patents.view import Patent
from langqiao.web.rights.judging import facts_recorded, rows_recorded
from langqiao.web.rights.recorded import recorded

KEPT = 256


def facts_of(patent: Patent, as_of: dt.date | None = None) -> Facts:
    """Every fact of the patent on a day (today), each with its evidence, from the lake and what the operational record corrected."""
    held = recorded(patent, as_of)
    if held is not None:
        return facts_recorded(held)
    return _facts(patent.lake.root, state_of(patent.lake), patent.key, as_of or timezone.localdate())


@lru_cache(maxsize=KEPT)
def _facts(root: Path, version: str, key: str, as_of: dt.date) -> Facts:
    """As `langqiao.data.appraisal.facts_for`, from the rows that right and value are judged from too."""
    rows = gathered(root, version, key, as_of)
    return facts_from(dataclasses.replace(rows, citing=citing_rows(lake_at(root), rows.publication, as_of)))


def grade_of(patent: Patent, scheme: str, scene: str, as_of: dt.date | None = None) -> Grade | None:
    """The grade under a scheme in a scene ("": its first); None where there is no such scheme or scene."""
    if scheme not in schemes() or (scene and scene not in {one.code for one in schemes()[scheme].scenes}):
        return None
    version, day = state_of(patent.lake), as_of or timezone.localdate()
    return _grade(patent.lake.root, version, (patent.key, day), (scheme, scene))


@lru_cache(maxsize=KEPT)
def _grade(root: Path, version: str, asked: tuple[str, dt.date], how: tuple[str, str]) -> Grade:
    return grade(_facts(root, version, *asked), chosen_scheme(*how, None), how[1])


def lenses_of(patent: Patent) -> Lenses:
    """The grades under every scheme side by side."""
    return _lenses(patent.lake.root, state_of(patent.lake), (patent.key, timezone.localdate()))


@lru_cache(maxsize=KEPT)
def _lenses(root: Path, version: str, asked: tuple[str, dt.date]) -> Lenses:
    return lenses(_facts(root, version, *asked), schemes().values())


def check_of(patent: Patent) -> HighValueCheck:
    """The high-value check."""
    return check(facts_of(patent), parameters())


def opinion_of(patent: Patent, inputs: Mapping[str, Any] | None = None, as_of: dt.date | None = None) -> Opinion | Refusal:
    """The opinion of value from the record and what is stated (`inputs`), or the refusal. Raises BadInput for a wrong input."""
    stated = json.dumps(inputs or {}, sort_keys=True, default=str)
    held = recorded(patent, as_of)
    if held is not None:
        try:
            return value_from(rows_recorded(held), held.day, json.loads(stated)).opinion
        except Refusal as refusal:
            return refusal
    return _opinion(patent.lake.root, state_of(patent.lake), (patent.key, as_of or timezone.localdate()), stated)


@lru_cache(maxsize=KEPT)
def _opinion(root: Path, version: str, asked: tuple[str, dt.date], stated: str) -> Opinion | Refusal:
    key, as_of = asked
    try:
        return value_from(gathered(root, version, key, as_of), as_of, json.loads(stated)).opinion
    except Refusal as refusal:
        return refusal

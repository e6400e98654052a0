"""Writes of appraisals: a grade or an opinion of value is recorded once, in canonical form, and compared with a recomputation."""

import hashlib
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from langqiao.engine.grading.canonical import canonical
from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.appraisals.judged import grade_of, opinion_of
from langqiao.web.appraisals.models import RecordedGrade, RecordedOpinion
from langqiao.web.patents.view import Patent
from langqiao.web.people.models import Membership, User
from langqiao.web.people.session import must_edit


@transaction.atomic
def grade_record(*, membership: Membership, patent: Patent, scheme: str, scene: str, by: User) -> RecordedGrade:
    """Records the grade as it is computed now. Refused (not_allowed, no_such_scheme)."""
    must_edit(membership)
    grade = grade_of(patent, scheme, scene)
    if grade is None:
        raise Refusal(
            "no_such_scheme", _("There is no scheme %(scheme)s with a scene %(scene)s.") % {"scheme": scheme[:60], "scene": scene[:60]}
        )
    return RecordedGrade.objects.create(
        **_common(membership, patent, grade, by),
        scheme=grade.scheme,
        scheme_version=grade.scheme_version,
        scene=grade.scene,
        letter=grade.letter,
        score=grade.score,
        coverage=grade.coverage,
    )


@transaction.atomic
def opinion_record(*, membership: Membership, patent: Patent, by: User) -> RecordedOpinion:
    """Records the opinion of value as it is computed now. Refused (not_allowed) or as the opinion itself is refused."""
    must_edit(membership)
    opinion = opinion_of(patent)
    if isinstance(opinion, Refusal):
        raise opinion
    return RecordedOpinion.objects.create(
        **_common(membership, patent, opinion, by),
        engine_version=opinion.engine,
        currency=opinion.currency,
        p10_fen=opinion.p10,
        p50_fen=opinion.p50,
        p90_fen=opinion.p90,
    )


def _common(membership: Membership, patent: Patent, judged: Any, by: User) -> dict[str, Any]:
    body = canonical(judged)
    return {
        "key": patent.key,
        "as_of": judged.as_of,
        "lake_version": patent.lake.version,
        "body": body,
        "sha256": hashlib.sha256(body.encode()).hexdigest(),
        "organization": membership.organization,
        "by": by,
    }


def is_intact(record: RecordedGrade | RecordedOpinion) -> bool:
    """Whether the recorded text still has the recorded hash."""
    return hashlib.sha256(record.body.encode()).hexdigest() == record.sha256


def is_repeated(record: RecordedGrade | RecordedOpinion, patent: Patent) -> bool | None:
    """Whether computing anew gives the recorded text to the last byte; None where the lake or the day has moved on since."""
    again: Any = (
        grade_of(patent, record.scheme, record.scene, as_of=record.as_of)
        if isinstance(record, RecordedGrade)
        else opinion_of(patent, as_of=record.as_of)
    )
    if isinstance(again, Refusal | None) or not isinstance(record.body, str):
        return None
    if patent.lake.version != record.lake_version:
        return None
    return canonical(again) == record.body

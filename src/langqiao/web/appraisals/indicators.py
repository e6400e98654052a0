"""The indicators of a patent as its page shows them: value, percentile in its cohort, completeness, or why it is unknown."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from langqiao.data.indicators.compute import TABLE, IndicatorRow, NotComputedError, for_key
from langqiao.data.indicators.register import INDICATORS, Indicator
from langqiao.web.common.lake import lake_at
from langqiao.web.common.templatetags.langqiao import titled
from langqiao.web.patents.evidence import Proof, proof_of_rows
from langqiao.web.patents.view import Patent

REASONS: dict[str, Any] = {
    "window_open": gettext_lazy("the window is still open"),
    "citing_coverage": gettext_lazy("the lake holds too few of the citing documents of the window"),
    "publication_coverage": gettext_lazy("the lake holds too few publications of the field and year"),
    "classes_unknown": gettext_lazy("the classes of the documents concerned are not known"),
    "regional_validation_unknown": gettext_lazy("where a regional patent was validated is not known"),
    "no_publication_date": gettext_lazy("the publication date is not known"),
    "no_citation_list": gettext_lazy("no record lists the citations"),
    "cohort_level": gettext_lazy("the same for the whole cohort"),
    "small_cohort": gettext_lazy("fewer than thirty in the cohort: no percentile"),
    "no_claims": gettext_lazy("the claims are not in the lake"),
    "no_citations": gettext_lazy("no citation is known"),
    "not_granted": gettext_lazy("not granted"),
    "no_filing_date": gettext_lazy("the filing date is not known"),
    "no_field": gettext_lazy("no technology field: the classification is not known"),
    "no_classification": gettext_lazy("the classification is not known"),
    "family_not_stated": gettext_lazy("no record states the family"),
    "facts_missing": gettext_lazy("facts are missing"),
    "component_missing": gettext_lazy("a component is missing"),
    "mixed_components": gettext_lazy("components of different kinds"),
    "too_few_components": gettext_lazy("too few components are known"),
}
UNITS: dict[str, Any] = {
    "count": "",
    "share": "",
    "days": gettext_lazy("days"),
    "words": gettext_lazy("words"),
    "ratio": "",
    "index": "",
    "flag": "",
}


def indicators_of(patent: Patent) -> list[tuple[Indicator, IndicatorRow]]:
    """The computed indicators with what the register says of each; empty where none were computed."""
    stored = patent.lake.derived(TABLE)
    if stored is None:
        return []
    rows = _rows(patent.lake.root, f"{stored.generation}", patent.key)
    return [(INDICATORS[row.indicator], row) for row in rows if row.indicator in INDICATORS]


@lru_cache(maxsize=512)
def _rows(root: Path, _generation: str, key: str) -> tuple[IndicatorRow, ...]:
    try:
        return tuple(for_key(lake_at(root), key))
    except (NotComputedError, KeyError):
        return ()


def reason_word(code: str) -> str:
    """Why an indicator is unknown; an unlisted code stands for itself."""
    return str(REASONS.get(code, code.replace("_", " ")))


def indicator_proof(patent: Patent, name: str) -> Proof | None:
    """The evidence of one indicator."""
    found = next(((told, row) for told, row in indicators_of(patent) if told.name == name), None)
    if found is None:
        return None
    told, row = found
    inputs = {**row.inputs}
    if row.standard_error is not None:
        inputs[_("standard error")] = row.standard_error
    if row.low is not None or row.high is not None:
        inputs[_("interval")] = f"{_number(row.low)} – {_number(row.high)}"
    if row.percentile is not None:
        inputs[_("percentile in the cohort")] = row.percentile
    version = _("version")
    return proof_of_rows(
        what=titled(told.title),
        answer=row.value,
        formula=f"{row.formula or told.formula}\n{told.source} · {version} {row.version}",
        rows=patent.dossier.records[:1] + patent.rows("cited_by"),
        inputs=inputs,
        cohort=row.cohort,
        n=row.cohort_n,
        completeness=row.completeness,
        as_of=row.as_of,
        note=reason_word(row.reason) if row.reason else "",
        changes=_("More records of the cohort or of the window in the lake, then computing anew."),
    )


def _number(value: float | None) -> str:
    return "…" if value is None else f"{value:.3g}"

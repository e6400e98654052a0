"""The judged parts of a patent's report: grade with its leaves, value by method with its chart, the five criteria."""

from django.utils.translation import gettext as _

from langqiao.data.appraisal import DEFAULT_SCHEME
from langqiao.engine.valuation.opinion import Opinion
from langqiao.engine.valuation.result import MethodResult
from langqiao.web.appraisals.charts import tornado
from langqiao.web.appraisals.judged import check_of, grade_of, opinion_of
from langqiao.web.appraisals.report import Section
from langqiao.web.appraisals.tabs import TreeRow, tree_of
from langqiao.web.common import numbers, terms
from langqiao.web.common.charts import FONT, svg_of
from langqiao.web.common.refusals import told
from langqiao.web.common.templatetags.langqiao import chinese, titled
from langqiao.web.patents.view import Patent

PDF_FONT = "Noto Sans SC"


def section_grade(patent: Patent) -> Section:
    """The grade under the default scheme: headings and leaves with weight and score; missing is written out."""
    grade = grade_of(patent, DEFAULT_SCHEME, "")
    assert grade is not None
    score = _figure(None if grade.stopped else grade.score)
    found = (_("Score"), f"{score} {grade.letter}".strip(), "·", _("Evidence coverage"), f"{numbers.share(grade.coverage)}.")
    note = " ".join([titled(grade.scheme_title), "·", *map(str, found), titled(grade.reading)])
    return Section(
        title=str(_("Grade")),
        head=(_("Leaf"), _("Weight"), _("Score"), _("How it is scored, or what would supply it")),
        rows=[_line(row) for row in tree_of(grade)],
        widths=(4, 1, 1, 6),
        numbers=(1, 2),
        note=(f"{titled(grade.stopped)}. " if grade.stopped else "") + note,
    )


def _line(row: TreeRow) -> tuple[str, str, str, str]:
    indent = "\N{IDEOGRAPHIC SPACE}" * (row.depth - 1)
    if row.leaf is not None:
        leaf = row.leaf
        remark = titled(leaf.means if leaf.score is not None else leaf.needs)
        return indent + titled(leaf.title), numbers.share(leaf.weight, places=1), _figure(leaf.score), remark
    assert row.level is not None
    coverage = _("coverage")
    remark = f"{coverage} {numbers.share(row.level.coverage)}"
    return indent + titled(row.level.title), numbers.share(row.level.weight, places=1), _figure(row.level.score), remark


def section_value(patent: Patent) -> Section:
    """The opinion of value by method, or why there is none."""
    opinion = opinion_of(patent)
    if not isinstance(opinion, Opinion):
        words = told(opinion)
        return Section(title=str(_("Value as a range")), note=f"{words.sentence} {words.article} {words.fix}".strip())
    rows = [_method(one, opinion.currency) for one in opinion.methods]
    whole = " – ".join(numbers.money_exact(fen, opinion.currency) for fen in (opinion.p10, opinion.p50, opinion.p90))
    sentences = " ".join(words.zh if chinese() else words.en for words in opinion.words)
    assumed = "; ".join(terms.word("condition", code) for code in opinion.conditions)
    because = _("Assumed because it is not known")
    spec = tornado(patent)
    return Section(
        title=str(_("Value as a range")),
        head=(_("Method"), _("Standing"), "p10", "p50", "p90"),
        rows=rows,
        widths=(3, 4, 2, 2, 2),
        numbers=(2, 3, 4),
        note=f"p10 – p50 – p90: {whole}. {sentences}" + (f" {because}: {assumed}." if assumed else ""),
        chart=svg_of(spec, dark=False).replace(FONT, PDF_FONT).replace(FONT.replace("'", "&apos;"), PDF_FONT) if spec else "",
    )


def _method(one: MethodResult, currency: str) -> tuple[str, ...]:
    figures = [
        numbers.money_short(fen, chinese=chinese(), currency=currency) if fen is not None else "–" for fen in (one.p10, one.p50, one.p90)
    ]
    standing = {
        "given": terms.word("method_role", one.role),
        "refused": str(_("not possible")),
        "not_asked": str(_("nothing stated for it")),
    }[one.status]
    return (terms.word("method", one.method), standing, *figures)


def section_high_value(patent: Patent) -> Section | None:
    """The five criteria of the national statistics; only for Chinese patents."""
    if patent.row["office"] != "CN":
        return None
    check = check_of(patent)
    rows = [(titled(row.title), terms.word("verdict", row.verdict), titled(row.would)) for row in check.criteria]
    return Section(
        title=str(_("High-value check")),
        head=(_("Criterion"), _("Verdict"), _("What would change it")),
        rows=rows,
        widths=(4, 1, 6),
        note=titled(check.why_not),
    )


def _figure(value: float | None) -> str:
    return str(_("unknown")) if value is None else numbers.significant(value)

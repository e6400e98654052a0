"""Citations of EPO records: who cited, in which phase, with which category, and what: a patent or other literature."""

from langqiao.data.formats.epo_ids import NOWHERE, DocumentId, document_id
from langqiao.data.formats.epo_tree import Element, text_at, words
from langqiao.data.formats.model import Citation

PHASES = {
    "SEA": "search",
    "ISR": "international-search",
    "SUP": "supplementary-search",
    "PRS": "pre-search",
    "EXA": "examination",
    "OPP": "opposition",
    "FOP": "opposition",
    "APP": "applicant",
    "APL": "appeal",
    "TPO": "third-party",
    "CH2": "preliminary-examination",
}
"""Phase codes of DOCDB in the words of OPS (practice); an unknown code is kept in lower case."""

_BY_PHASE = {"applicant": "applicant", "description": "applicant", "third-party": "other", "opposition": "other"}


def citations(biblio: Element) -> list[Citation]:
    """Every citation once, in the order given."""
    return [_citation(entry, index) for index, entry in enumerate(biblio.iterfind("references-cited/citation"), 1)]


def _citation(entry: Element, sequence: int) -> Citation:
    phase_written = entry.get("cited-phase", "")
    phase = PHASES.get(phase_written, phase_written.lower())
    by = entry.get("cited-by", "").lower()
    category = (
        by if by in {"examiner", "applicant"} else _BY_PHASE.get(phase, "examiner" if "search" in phase or "examination" in phase else "")
    )
    relevance = words(entry.find("category")) or "".join(dict.fromkeys(words(found) for found in entry.iterfind(".//category")))
    patent = entry.find("patcit")
    if patent is None:
        raw = text_at(entry, "nplcit/text") or text_at(entry, "nplcit") or words(entry)
        return Citation(sequence, "npl", "", "", "", None, category, relevance, phase, raw)
    cited = _cited(patent)
    raw = cited.raw or patent.get("dnum", "") or words(patent)
    return Citation(sequence, "patent", cited.office, cited.number, cited.kind, cited.date, category, relevance, phase, raw)


def _cited(patent: Element) -> DocumentId:
    found = [document_id(entry, kind_of="publication") for entry in patent.iterfind("document-id")]
    complete = [entry for entry in found if entry.office]
    best = next((entry for entry in complete if entry.form in {"docdb", ""}), complete[0] if complete else NOWHERE)
    return best._replace(date=best.date or next((entry.date for entry in found if entry.date), None))

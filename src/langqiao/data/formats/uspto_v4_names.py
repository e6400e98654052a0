"""The elements of USPTO XML v4.0 to v4.7 that are read, their numbers in the scanner's table, and what the office's words mean."""

from langqiao.data.formats.xmltables import Vocabulary

_CONTAINERS = """
us-bibliographic-data-grant us-bibliographic-data-application publication-reference application-reference us-term-of-grant
classification-ipc classifications-ipcr classification-ipcr classifications-cpc classification-cpc
classification-locarno classification-national citation us-citation patcit nplcit
us-related-documents continuation continuation-in-part division addition reissue continuing-reissue reexamination substitution correction
us-provisional-application related-publication us-divisional-reissue us-reexamination-reissue-merger utility-model-basis
us-continuation us-division parent-doc parent-grant-document parent-pct-document child-doc priority-claims priority-claim
pct-or-regional-filing-data pct-or-regional-publishing-data us-371c124-date us-371c12-date
parties us-parties applicants us-applicants inventors agents applicant us-applicant inventor deceased-inventor us-deceased-inventor agent
assignees assignee examiners primary-examiner assistant-examiner figures us-botanic hague-agreement-data
abstract claims claim claim-ref
""".split()  # noqa: SIM905 - a list of this length reads better as text
_LEAVES = """
country doc-number kind date name category classification-cpc-text main-classification further-classification edition othercit
us-term-extension disclaimer length-of-grant section class subclass main-group subgroup symbol-position classification-value
invention-title number-of-claims us-exemplary-claim number-of-drawing-sheets number-of-figures us-application-series-code
orgname last-name first-name middle-name prefix suffix role city state department latin-name variety
us-sir-flag rule-47-flag international-registration-number
""".split()  # noqa: SIM905
_APART = ["country", "doc-number", "kind", "date", "name", "main-classification", "othercit"]
_BLOCKS = [
    *_APART,
    "p",
    "heading",
    "claim-text",
    "claim",
    "abstract",
    "row",
    "entry",
    "li",
    "dt",
    "dd",
    "title",
    "ul",
    "ol",
    "dl",
    "table",
    "text",
]

VOCABULARY = Vocabulary(
    [*_CONTAINERS, *_LEAVES],
    block=_BLOCKS,
    opaque=["description", "us-field-of-classification-search", "field-of-search"],
    tables=["references-cited", "us-references-cited", "claims"],
)
IDS = VOCABULARY.ids

COUNTRY, DOC_NUMBER, KIND, DATE, NAME = (IDS[n] for n in ("country", "doc-number", "kind", "date", "name"))
CATEGORY, CPC_TEXT, MAIN, FURTHER, EDITION = (
    IDS[n] for n in ("category", "classification-cpc-text", "main-classification", "further-classification", "edition")
)
PATCIT, NPLCIT, NPL_TEXT = (IDS[n] for n in ("patcit", "nplcit", "othercit"))
SECTION, CLASS, SUBCLASS, GROUP, SUBGROUP, VALUE = (
    IDS[n] for n in ("section", "class", "subclass", "main-group", "subgroup", "classification-value")
)
PARENT, PARENT_GRANT, PARENT_PCT = (IDS[n] for n in ("parent-doc", "parent-grant-document", "parent-pct-document"))
ORGNAME, LAST, FIRST, MIDDLE, PREFIX, SUFFIX, ROLE, CITY, STATE = (
    IDS[n] for n in ("orgname", "last-name", "first-name", "middle-name", "prefix", "suffix", "role", "city", "state")
)
DEPARTMENT, DISCLAIMER = IDS["department"], IDS["disclaimer"]
ABSTRACT, CLAIMS, CLAIM, CLAIM_REF, DESCRIPTION = (IDS[n] for n in ("abstract", "claims", "claim", "claim-ref", "description"))
BIBLIOGRAPHY = frozenset((IDS["us-bibliographic-data-grant"], IDS["us-bibliographic-data-application"]))

CATEGORIES = {
    "cited by examiner": "examiner",
    "cited by applicant": "applicant",
    "cited by other": "other",
    "cited by third party": "other",
}
TYPES = {"utility": "invention", "design": "design", "plant": "plant", "reissue": "reissue", "sir": "sir"}
"""Patent types by application type."""

RELATIONS = {
    IDS[name]: relation
    for name, relation in {
        "continuation": "continuation",
        "us-continuation": "continuation",
        "continuation-in-part": "cip",
        "division": "division",
        "us-division": "division",
        "addition": "addition",
        "reissue": "reissue",
        "continuing-reissue": "continuing_reissue",
        "us-divisional-reissue": "divisional_reissue",
        "reexamination": "reexamination",
        "us-reexamination-reissue-merger": "reexamination",
        "substitution": "substitution",
        "correction": "correction",
        "us-provisional-application": "provisional",
        "related-publication": "related_publication",
        "utility-model-basis": "utility_model",
    }.items()
}

"""The tabs of a patent page: which have something to show, and what each shows."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from langqiao.web.appraisals.indicators import indicators_of
from langqiao.web.appraisals.tabs import CHOOSING
from langqiao.web.common.templatetags.langqiao import chinese
from langqiao.web.market.tabs import market_context
from langqiao.web.patents.graph import citation_graph, family_map
from langqiao.web.patents.rights import chain_of, future_of, operations_today, right_of, unknown_words
from langqiao.web.patents.view import Patent, Tab, citation_rows, claim_tree, family_rows, others_with_claims
from langqiao.web.rights.tabs import has_operations, operations_context

Maker = Callable[[Patent], int | bool | None]
CITED_SHOWN = 200


def _claims(patent: Patent) -> int:
    return len(patent.rows("claims"))


def _citations(patent: Patent) -> int:
    return len(patent.rows("citations")) + len(patent.rows("cited_by"))


def _family(patent: Patent) -> int:
    return len(patent.rows("family")) + len(patent.rows("priorities"))


TABS: dict[str, tuple[Any, Maker]] = {
    "overview": (_("Overview"), lambda _patent: True),
    "claims": (_("Claims"), _claims),
    "right": (_("Right and events"), lambda patent: len(right_of(patent).events)),
    "operations": (_("Operations"), has_operations),
    "market": (_("Market"), has_operations),
    "owners": (_("Owners"), lambda patent: len(chain_of(right_of(patent))[0]) if right_of(patent).ownership.owners else 0),
    "family": (_("Family"), _family),
    "citations": (_("Citations"), _citations),
    "grade": (_("Grade"), lambda _patent: True),
    "value": (_("Value"), lambda _patent: True),
    "high-value": (_("High-value check"), lambda patent: patent.row["office"] == "CN"),
    "indicators": (_("Indicators"), lambda patent: bool(indicators_of(patent))),
    "documents": (_("Published documents"), lambda patent: len(patent.dossier.records) + len(patent.siblings)),
}
"""name → (word, how many things it has to show; 0: the tab is not there; True: not a list)."""


def tabs_of(patent: Patent) -> list[Tab]:
    """The tabs that have something to show."""
    found = []
    for name, (word, maker) in TABS.items():
        size = maker(patent)
        if size:
            found.append(Tab(name=name, word=word, count=None if isinstance(size, bool) else size))
    return found


def _overview(patent: Patent) -> Mapping[str, Any]:
    return {
        "inventors": patent.parties("inventor"),
        "agents": patent.parties("agent"),
        "classifications": patent.rows("classifications"),
        "opinions": patent.rows("opinions"),
    }


def _claims_context(patent: Patent) -> Mapping[str, Any]:
    claims = patent.rows("claims")
    return {
        "claims": claims,
        "roots": claim_tree(claims),
        "independent_count": sum(1 for claim in claims if claim["is_independent"]),
        "others": others_with_claims(patent),
    }


def _right(patent: Patent) -> Mapping[str, Any]:
    view = right_of(patent)
    return {
        "right": view,
        "events": list(reversed(view.events)),
        "future": future_of(view),
        "unknowns": unknown_words(view.unknown),
        "problems": view.problems,
        "operations": operations_today(view, chinese=chinese()),
    }


def _owners(patent: Patent) -> Mapping[str, Any]:
    view = right_of(patent)
    chain, gaps = chain_of(view)
    return {"right": view, "chain": list(reversed(chain)), "gaps": gaps, "conveyances": patent.rows("conveyances")}


def _family_context(patent: Patent) -> Mapping[str, Any]:
    families = family_rows(patent)
    return {"families": families, "priorities": patent.rows("priorities"), "map": family_map(patent, families)}


def _citations_context(patent: Patent) -> Mapping[str, Any]:
    cited, literature = citation_rows(patent)
    citing = patent.rows("cited_by")
    return {
        "cited": cited[:CITED_SHOWN],
        "cited_count": len(cited),
        "literature": literature[:CITED_SHOWN],
        "literature_count": len(literature),
        "citing": citing[:CITED_SHOWN],
        "citing_count": len(citing),
        "graph": citation_graph(patent, cited, citing),
    }


def _indicators(patent: Patent) -> Mapping[str, Any]:
    found = indicators_of(patent)
    return {"indicators": found, "as_of": found[0][1].as_of}


def _documents(patent: Patent) -> Mapping[str, Any]:
    return {"siblings": patent.siblings, "records": patent.dossier.records, "description": patent.dossier.description}


_CONTEXTS: dict[str, Callable[[Patent], Mapping[str, Any]]] = {
    "overview": _overview,
    "claims": _claims_context,
    "right": _right,
    "operations": operations_context,
    "market": market_context,
    "owners": _owners,
    "family": _family_context,
    "citations": _citations_context,
    "indicators": _indicators,
    "documents": _documents,
}


def tab_context(patent: Patent, tab: str, given: QueryDict) -> Mapping[str, Any]:
    """What the template of a tab needs; `given` are the choices in the address."""
    if tab in CHOOSING:
        return CHOOSING[tab](patent, given)
    return _CONTEXTS[tab](patent)

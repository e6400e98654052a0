"""The tab "operations" of a patent page: what the register publishes, and the answer of the check to every operation."""

from collections.abc import Mapping
from typing import Any

from langqiao.web.common.lake import site_lake
from langqiao.web.patents.rights import unknown_words
from langqiao.web.patents.view import Patent
from langqiao.web.rights.answers import answers_for
from langqiao.web.rights.replay import LICENSES
from langqiao.web.rights.seen import seen_by


def has_operations(patent: Patent) -> bool:
    """Whether the patent is in the site's lake: operations are on rights that everybody can look up."""
    return patent.lake.root == site_lake().root


def operations_context(patent: Patent) -> Mapping[str, Any]:
    """What the tab shows to anybody."""
    seen = seen_by(None, patent.key)
    return {
        "held": seen.held,
        "answers": answers_for(seen),
        "office": seen.held.standing.office,
        "told_burdens": seen.held.view.overlays,
        "doubts": unknown_words(seen.held.view.unknown),
        "license_kinds": LICENSES,
    }

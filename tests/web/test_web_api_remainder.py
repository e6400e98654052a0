"""What pages can do and the API cannot yet: read from the addresses of both, and listed in docs/how-to/api.md, no more and no less."""

import re
from fnmatch import fnmatch
from pathlib import Path

from tests.web.routes import ROUTES
from tests.web.routes.api import METHODS

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "api.md"
OTHERWISE = {
    "deal_take": "deal_open", "deal_after": "deal_certificate", "deal_consent_answer": "consent_answer", "payment_ask": "payment_ask",
    "money_bank_import": "bank_import", "money_bank_assign": "bank_assign", "audit_sign": "head_sign", "record_grade": "grade_record",
    "record_opinion": "opinion_record", "view_save": "view_new", "view_delete": "view_end", "feed_new": "view_feed",
    "mail_wish": "mail_wish_set", "portfolio_create": "portfolio_new", "portfolio_add_marked": "portfolio_add", "paper_add": "package_paper",
    "royalty_audit": "royalty_statement_audit", "right_document_attach": "right_correct",
}  # fmt: skip
"""A page's address → the endpoint of another name that does the same."""


def posts():
    """The addresses of pages that change something."""
    return {name for name, (_who, method, _arguments) in ROUTES.items() if method == "post" and not name.startswith("api_")}


def remainder():
    """Those that no endpoint does."""
    known = set(METHODS)
    return {name for name in posts() if name not in known and OTHERWISE.get(name) not in known and f"{name}_make" not in known} - {
        "deal_room"
    }


def listed():
    """The names that the page of the API lists as missing; `fund_*` stands for a room without any endpoint."""
    text = PAGE.read_text(encoding="utf-8").partition("## Not there yet")[2]
    return set(re.findall(r"`([a-z_]+\*?)`", text))


def test_what_no_endpoint_does_stands_in_the_page_of_the_api():
    missing = {name for name in remainder() if not any(fnmatch(name, pattern) for pattern in listed())}
    assert missing == set(), "list them in docs/how-to/api.md, or give them an endpoint"


def test_the_page_lists_nothing_as_missing_that_the_api_can_do():
    left = remainder()
    assert {pattern for pattern in listed() if not any(fnmatch(name, pattern) for name in left)} == set()
    assert not {pattern for pattern in listed() if any(fnmatch(name, pattern) for name in posts() & set(METHODS))}


def test_an_endpoint_that_stands_for_a_page_is_there():
    assert {name for name, endpoint in OTHERWISE.items() if endpoint not in METHODS} == set()

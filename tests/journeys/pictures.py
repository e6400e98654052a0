"""Pictures of the main pages of every room, both languages, wide and narrow, light and dark, with little and with much data; `make pictures` puts them into var/pictures.

The store is a town of its own: the lake that `make run` filled (else the shipped facts), the played scenario, a portfolio of 10,000 rows with titles of 60
characters, one of the university's own patents, an empty one, and the patent of the lake whose citations come nearest to 300.
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.journeys.conftest import CHROMIUM, FLAGS, free_port, served, stopped
from tests.journeys.scenes import town

OUT = Path("var/pictures")
KEY = "CN-102329749-B"
TABS = ("right", "owners", "claims", "grade", "value", "high-value", "indicators", "documents")
OPEN = {
    "home": "/",
    "search": "/search?q=装置",
    "search-table": "/search?q=装置&col=owner&col=status&col=grade&col=filed",
    "patent": f"/patents/{KEY}",
    **{f"patent-{tab}": f"/patents/{KEY}/{tab}" for tab in TABS},
    "evidence": f"/evidence/{KEY}/status",
    "data": "/data",
    "log-in": "/log-in",
    "calculations": "/calc",
    "market-visitor": "/market",
    "verify": "/verify",
    "heads": "/audit/heads",
}
ROOMS: dict[str, dict[str, str]] = {
    "university": {
        "desk": "/desk",
        "portfolios": "/portfolios",
        "rights": "/rights",
        "annuities": "/rights/annuities",
        "market": "/market",
        "market-mine": "/market/mine",
        "deals": "/deals",
        "royalties": "/royalties",
        "documents": "/documents",
        "record": "/audit",
        "notices": "/notices",
        "account": "/account",
        "people": "/organization/people",
    },
    "electric": {"desk-buyer": "/desk", "market-demands": "/market/demands", "money": "/money"},
    "fund": {"desk-fund": "/desk", "funds": "/funds", "money-fund": "/money"},
    "bank": {"desk-bank": "/desk", "loans": "/loans", "loan-new": "/loans/new", "pools": "/pools"},
    "insurer": {"desk-insurer": "/desk"},
    "broker": {"desk-broker": "/desk"},
    "office": {"desk-office": "/desk", "review": "/rights/review"},
    "platform": {"desk-platform": "/desk", "bank": "/money/bank", "trial": "/money/trial-balance"},
}
FOLLOWED: dict[str, tuple[tuple[str, str, str], ...]] = {
    "university": (
        ("listing", "/market", "/market/listings/"),
        ("deal", "/deals", "/deals/????????-"),
        ("right-record", "/rights", "/rights/of/"),
        ("document", "/documents", "/documents/????????-"),
        ("record-one", "/audit", "/audit/?"),
    ),
    "electric": (
        ("demand", "/market/demands", "/market/demands/"),
        ("window", "/market/windows", "/market/windows/"),
        ("account-money", "/money", "/money/accounts/"),
    ),
    "fund": (
        ("fund", "/funds", "/funds/????????-"),
        ("board", "", "/pipeline"),
        ("project", "", "/funds/projects/"),
        ("session", "", "/funds/sessions/"),
    ),
    "bank": (("loan", "/loans", "/loans/????????-"), ("pool", "/pools", "/pools/????????-")),
}
"""role → (name, page to start from ("": the last one), part of the address of the link to follow); a link that is not there is told, not made up."""
LOOKS = [("zh-CN", 1440, "light"), ("en-US", 1440, "light"), ("zh-CN", 390, "light"), ("en-US", 390, "dark"), ("zh-CN", 1440, "dark")]


def main() -> int:
    """Serves a site of its own, takes the pictures, ends the site."""
    if not CHROMIUM:
        print("no Chromium on this machine: apt-get install chromium, then make pictures again")
        return 1
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="langqiao-pictures-") as folder:
        environment, places = town(Path(folder))
        port = free_port()
        process = served(environment, port)
        try:
            taken = pictures(f"http://127.0.0.1:{port}", places)
        finally:
            stopped(process)
    print(f"{taken} pictures are in {OUT}{os.sep}")
    return 0


def pictures(site: str, places: dict[str, Any], *, looks: list[tuple[str, int, str]] = LOOKS, only: str = "") -> int:
    """Takes every picture in every look; `only`: those whose name holds it. Returns how many."""
    taken = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for look in looks:
            for role in ("", *ROOMS):
                for name, page in _opened(browser, site, role, places, look, only=only):
                    page.screenshot(path=OUT / f"{name}-{look[0][:2]}-{look[1]}-{look[2]}.png", full_page=True)
                    taken += 1
        browser.close()
    return taken


def _opened(
    browser: Browser, site: str, role: str, places: dict[str, Any], look: tuple[str, int, str], *, only: str
) -> Iterator[tuple[str, Page]]:
    language, width, scheme = look
    context = browser.new_context(base_url=site, locale=language, color_scheme=scheme, viewport={"width": width, "height": 900})  # type: ignore[arg-type]
    if role:
        context.add_cookies([{"name": "sessionid", "value": places["sessions"][role], "url": site}])
    page = context.new_page()
    for name, address in _addresses(role, places).items():
        if only not in name:
            continue
        page.goto(address)
        page.wait_for_load_state("networkidle")
        yield name, page
    if not role and only in "drawer":
        yield from _drawer(page)
    for name, start, part in FOLLOWED.get(role, ()):
        if start:
            page.goto(start)
        link = _link(page, part)
        if link is None:
            print(f"{name}: no link {part} on {page.url}")
            continue
        page.goto(link)
        page.wait_for_load_state("networkidle")
        if only in name:
            yield name, page
    context.close()


def _drawer(page: Page) -> Iterator[tuple[str, Page]]:
    page.goto(f"/patents/{KEY}")
    page.click("main .why >> nth=0")
    page.wait_for_selector("#drawer[open] .evidence")
    yield "drawer", page


def _addresses(role: str, places: dict[str, Any]) -> dict[str, str]:
    """The pages of a role whose addresses are known beforehand."""
    if not role:
        cited = places["cited"]
        return {
            **OPEN,
            "patent-300": f"/patents/{cited}",
            "citations-300": f"/patents/{cited}/citations",
            "family": f"/patents/{cited}/family",
        }
    found = dict(ROOMS[role])
    if role == "university":
        found |= {
            "portfolio-heavy": f"/portfolios/{places['heavy']}",
            "prune": f"/portfolios/{places['heavy']}/prune",
            "portfolio-light": f"/portfolios/{places['light']}",
            "portfolio-empty": f"/portfolios/{places['empty']}",
            "patent-market": f"/patents/{places['owned'][0]}/market",
            "patent-operations": f"/patents/{places['owned'][0]}/operations",
        }
    return found


def _link(page: Page, part: str) -> str | None:
    """The first link of the page whose address holds the part; a ? stands for any character."""
    pattern = part.replace("?", "[0-9a-f]")
    found: str | None = page.evaluate(
        "pattern => Array.from(document.querySelectorAll('main a[href]'), link => link.getAttribute('href')).find(href => new RegExp(pattern).test(href)) || null",
        pattern,
    )
    return found


if __name__ == "__main__":
    sys.exit(main())

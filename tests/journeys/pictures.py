"""Pictures of the main pages, both languages, wide and narrow, light and dark, with little and with much data; `make pictures` puts them into var/pictures."""

import datetime as dt
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.journeys.conftest import CHROMIUM, EMAIL, FLAGS, PASSWORD, free_port, prepared, served, stopped

OUT = Path("var/pictures")
KEY = "CN-102329749-B"
OPEN = {
    "home": "/",
    "search": "/search?q=装置",
    "patent": f"/patents/{KEY}",
    "right": f"/patents/{KEY}/right",
    "owners": f"/patents/{KEY}/owners",
    "grade": f"/patents/{KEY}/grade",
    "value": f"/patents/{KEY}/value",
    "indicators": f"/patents/{KEY}/indicators",
    "evidence": f"/evidence/{KEY}/status",
    "data": "/data",
    "log-in": "/log-in",
    "calculations": "/calc",
}
CLOSED = {
    "desk": "/desk",
    "portfolios": "/portfolios",
    "portfolio-heavy": "/portfolios/1",
    "prune": "/portfolios/1/prune",
    "portfolio-light": "/portfolios/2",
}
LOOKS = [("zh-CN", 1440, "light"), ("en-US", 1440, "light"), ("zh-CN", 390, "light"), ("en-US", 390, "dark")]

HEAVY = """
import datetime as dt, django, sys
django.setup()
from langqiao.web.people.models import Organization
from langqiao.web.portfolio.models import Portfolio, PortfolioItem
organization, day = Organization.objects.get(), dt.date.fromisoformat(sys.argv[1])
heavy = Portfolio.objects.create(organization=organization, name="Ten thousand rows (generated for the picture)")
Portfolio.objects.create(organization=organization, name="Empty")
long = "一种基于种子生长及边界约束的弱监督图像语义分割方法、装置、设备、介质及其在桥梁结构健康监测与病害识别预警系统中的应用及优化方法"
PortfolioItem.objects.bulk_create([
    PortfolioItem(portfolio=heavy, key=f"CN-{100000000 + n}-B", office="CN", title=long, title_zh=long, patent_type="invention", owner="桥头大学",
        status=("in_force", "grace", "lapsed", "pending")[n % 4], grade="ABCDE"[n % 5] if n % 7 else "", score=n % 100 if n % 7 else None,
        coverage=(n % 10) / 10, filing_date=day - dt.timedelta(days=n), expiry_date=day + dt.timedelta(days=n), annuity_year=n % 20 + 1,
        annuity_due_on=day + dt.timedelta(days=n % 700), annuity_fee_fen=120000, fees_to_come_fen=5_000_000, advice=("keep", "drop", "undecided", "ended")[n % 4],
        reasons=[{"zh": "为图片生成的行", "en": "a row generated for the picture"}], value_p10_fen=n * 1000 if n % 3 else None,
        value_p50_fen=n * 5000 if n % 3 else None, value_p90_fen=n * 30000 if n % 3 else None)
    for n in range(10_000)], batch_size=500)
"""


def main() -> int:
    """Serves a site of its own, takes the pictures, ends the site."""
    if not CHROMIUM:
        print("no Chromium on this machine: apt-get install chromium, then make pictures again")
        return 1
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="langqiao-pictures-") as folder:
        environment, port = prepared(Path(folder)), free_port()
        subprocess.run([sys.executable, "-c", HEAVY, dt.datetime.now(tz=dt.UTC).date().isoformat()], env=environment, check=True)
        process = served(environment, port)
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
                for look in LOOKS:
                    _take(browser, f"http://127.0.0.1:{port}", *look)
                browser.close()
        finally:
            stopped(process)
    print(f"{len(list(OUT.glob('*.png')))} pictures are in {OUT}{os.sep}")
    return 0


def _take(browser: Browser, site: str, language: str, width: int, scheme: str) -> None:
    context = browser.new_context(base_url=site, locale=language, color_scheme=scheme, viewport={"width": width, "height": 900})
    page = context.new_page()
    for name, address in OPEN.items():
        _picture(page, address, OUT / f"{name}-{language[:2]}-{width}-{scheme}.png")
    page.goto(f"/patents/{KEY}")
    page.click("main .why >> nth=0")
    page.wait_for_selector("#drawer[open] .evidence")
    page.screenshot(path=OUT / f"drawer-{language[:2]}-{width}-{scheme}.png")
    page.goto("/log-in")
    page.fill("#email", EMAIL)
    page.fill("#password", PASSWORD)
    page.click("main button.decide")
    page.wait_for_url("**/desk")
    for name, address in CLOSED.items():
        _picture(page, address, OUT / f"{name}-{language[:2]}-{width}-{scheme}.png")
    context.close()


def _picture(page: Page, address: str, path: Path) -> None:
    page.goto(address)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=path, full_page=True)
    print(path)


if __name__ == "__main__":
    sys.exit(main())

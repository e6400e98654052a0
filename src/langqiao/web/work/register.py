"""Which function does which kind of job and which timed duty; rooms enter theirs here by name, imported when run."""

import importlib
from collections.abc import Callable
from typing import Any

JOBS = {
    "portfolio_upload": "langqiao.web.portfolio.jobs:upload_run",
    "portfolio_refresh": "langqiao.web.portfolio.jobs:refresh_run",
    "portfolio_add": "langqiao.web.portfolio.jobs:add_run",
}
"""kind → "module:function"; the function takes the job and reports through `job_report`."""

STAGES = {"portfolio_upload": ("store", "read", "index", "assess"), "portfolio_refresh": ("assess",), "portfolio_add": ("assess",)}
"""kind → its stages in order, as its page shows them."""

DUTIES = {
    "forget_failed_log_ins": (3600, "langqiao.web.people.throttle:attempts_forget"),
    "books_day_end": (24 * 3600, "langqiao.web.ledger.checks:day_end"),
    "forget_ended_sessions": (6 * 3600, "langqiao.web.work.duties:sessions_forget"),
    "expire_listings": (3600, "langqiao.web.market.services:listings_expire"),
    "expire_demands": (3600, "langqiao.web.market.services_demand:demands_expire"),
    "close_windows": (600, "langqiao.web.market.services_window:windows_close"),
    "make_notices": (15, "langqiao.web.notices.services:notices_make"),
    "send_deliveries": (15, "langqiao.web.notices.services:deliveries_send"),
    "look_at_watches": (3600, "langqiao.web.notices.watching:watches_look"),
    "look_at_searches": (3600, "langqiao.web.notices.watching:searches_look"),
    "look_at_deadlines": (6 * 3600, "langqiao.web.notices.reminders:reminders_look"),
    "refresh_portfolios": (24 * 3600, "langqiao.web.portfolio.jobs:refresh_queue"),
    "forget_personal_data": (24 * 3600, "langqiao.web.audit.personal:retention_apply"),
    "sign_the_record": (24 * 3600, "langqiao.web.audit.heads:head_duty"),
    "watch_loans": (3600, "langqiao.web.credit.watch:loans_watch"),
    "watch_licenses": (3600, "langqiao.web.royalties.upkeep:licenses_watch"),
    "insurance_clock": (3600, "langqiao.web.insurance.clock:policies_clock"),
    "deals_clock": (60, "langqiao.web.deals.clock:deals_clock"),
}
"""name → (seconds between runs, "module:function"); the function's answer is kept as the duty's last result."""

DESK = {
    "portfolio": "langqiao.web.portfolio.waiting:waiting",
    "rights": "langqiao.web.rights.waiting:waiting",
    "market": "langqiao.web.market.waiting:waiting",
    "deals": "langqiao.web.deals.waiting:waiting",
    "royalties": "langqiao.web.royalties.waiting:waiting",
    "capital": "langqiao.web.funds.waiting:waiting",
    "credit": "langqiao.web.credit.waiting:waiting",
    "insurance": "langqiao.web.insurance.waiting:waiting",
    "securitization": "langqiao.web.securitization.waiting:waiting",
    "money": "langqiao.web.ledger.waiting:waiting",
    "people": "langqiao.web.people.waiting:waiting",
}
"""room → "module:function" that takes the membership and the day and gives what waits there (work.desk.DeskItem); its word stands in terms "desk_room"."""


def load(place: str) -> Callable[..., Any]:
    """The function at "module:function"."""
    module, _, name = place.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return found

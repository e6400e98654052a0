"""Papers of a fund's money as PDF: the notice of a call or a distribution to one partner, and a partner's statement; the same bytes for the same facts."""

import json
from functools import partial
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from langqiao.web.common.templatetags.langqiao import money_exact
from langqiao.web.documents.typeset import font_folder
from langqiao.web.funds.books import Account
from langqiao.web.funds.defaults import owed_by
from langqiao.web.funds.models import Partner, Share, Valuation
from langqiao.web.funds.words import USES
from langqiao.web.funds.words_life import ORDERS, PARTS, STANDINGS

TEMPLATE = Path(__file__).with_name("notice.typ")
NOTES = ("unfunded_after", "called_after", "recallable", "cancelled", "interest")


def typeset(data: dict[str, Any]) -> bytes:
    """The template filled with data."""
    import typst  # noqa: PLC0415 - only where a PDF is asked for

    typesetter: Any = typst
    compiled: bytes = partial(typesetter.compile, font_paths=[font_folder()], ignore_system_fonts=True)(
        TEMPLATE.read_bytes(), sys_inputs={"data": json.dumps(data, ensure_ascii=False, sort_keys=True)}
    )
    return compiled


def _whole(*, title: str, to: str, kicker: str, figures: list[tuple[str, str]], mark: str) -> dict[str, Any]:
    return {
        "title": title,
        "to": to,
        "kicker": kicker,
        "figures": [list(pair) for pair in figures],
        "tables": [],
        "notes": [],
        "publisher": "Langqiao 廊桥",
        "lang": "zh" if str(get_language()).startswith("zh") else "en",
        "footer": _("Made by Langqiao from the books, %(mark)s") % {"mark": mark},
    }


def _parts(share: Share) -> list[tuple[str, int]]:
    named = [(name.removesuffix("_fen"), fen) for name, fen in share.parts.items() if name.endswith("_fen") and fen]
    return [(str({**PARTS, **USES}.get(name, name)), fen) for name, fen in named if name not in NOTES]


def notice_pdf(share: Share) -> bytes:
    """The notice of a call or distribution to one partner, with the split by use or kind and the running totals."""
    order, fund = share.order, share.order.fund
    figures = [(_("Day"), order.on.isoformat()), (_("Amount, yuan"), money_exact(share.amount_fen))]
    if order.due_on:
        figures += [(_("Due on (of a call)"), order.due_on.isoformat())]
    told = (
        ("called_after_fen", _("Called after this")),
        ("unfunded_after_fen", _("May still be called")),
        ("recallable_fen", _("Of it may be called again")),
    )
    figures += [(label, money_exact(share.parts[name])) for name, label in told if name in share.parts]
    kind = str(ORDERS[order.kind])
    data = _whole(
        title=_("Notice: %(kind)s") % {"kind": kind}, to=share.partner.name, kicker=fund.name, figures=figures, mark=str(order.pk)
    )
    rows = [[part, money_exact(fen)] for part, fen in _parts(share)]
    data["tables"] = [{"title": _("Split"), "head": [_("Use or kind"), _("Amount, yuan")], "rows": rows, "numbers": [1]}] if rows else []
    if order.result.get("working_days") is not None:
        data["notes"] = [
            _("Working days from notice to due day: %(n)d; the terms ask for %(least)d.")
            % {"n": order.result["working_days"], "least": order.result.get("notice_days", 10)}
        ]
    return typeset(data)


def statement_pdf(partner: Partner, account: Account, valuation: Valuation | None) -> bytes:
    """A partner's statement: account, calls with their standing, and its part of the newest valuation."""
    figures = [
        (_("Commitment"), money_exact(partner.commitment_fen)),
        (_("Called"), money_exact(account.called_fen)),
        (_("Paid in"), money_exact(account.paid_fen)),
        (_("Distributed"), money_exact(account.distributed_fen)),
        (_("May still be called"), money_exact(account.unfunded_fen)),
        (_("Differs from the ledger by"), money_exact(account.difference_fen)),
    ]
    if valuation is not None:
        worth = valuation.body["by_partner"].get(str(partner.pk), 0)
        figures.append((_("Net asset value on %(day)s") % {"day": valuation.on.isoformat()}, money_exact(worth)))
    data = _whole(title=_("Statement of a partner"), to=partner.name, kicker=partner.fund.name, figures=figures, mark=str(partner.pk))

    rows = [
        [
            owed.share.order.on.isoformat(),
            (owed.share.order.due_on or owed.share.order.on).isoformat(),
            money_exact(owed.share.amount_fen),
            money_exact(owed.open_fen),
            str(STANDINGS[owed.standing]),
        ]
        for owed in owed_by(partner, timezone.localdate())
    ]
    head = [_("Day"), _("Due on (of a call)"), _("Called"), _("Called and not paid"), _("State")]
    data["tables"] = [{"title": _("Calls"), "head": head, "rows": rows, "numbers": [2, 3]}] if rows else []
    return typeset(data)

"""Who gets what of a distribution: the waterfall of the terms over every flow so far, then the partners' parts; also as if all were sold today."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from langqiao.engine.funds.agreement import Agreement
from langqiao.engine.funds.dealwise import DealEvent, deal_flows
from langqiao.engine.funds.sharing import Claim, LayerFlow, Layers, PublicFlow, allot, conceded, layers_over
from langqiao.engine.funds.waterfall import Flow, WaterfallInput, WaterfallOutput, waterfall
from langqiao.engine.kernel.allocation import largest_remainder
from langqiao.engine.kernel.money import Fen, round_half_up
from langqiao.web.funds.books import Account
from langqiao.web.funds.models import Fund, Share

SHARED = ("fee", "expense")


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """An amount by kind for the partners, and the manager's carry; together the amount."""

    kinds: dict[str, Fen]
    carry: Fen


def waterfall_input(agreement: Agreement, flows: tuple[Flow, ...], kind: Literal["european", "american"] = "european") -> WaterfallInput:
    """The terms and flows as the engine's waterfall reads them."""
    return WaterfallInput(
        kind=kind,
        pref_rate=agreement.pref_rate,
        pref_compounding=agreement.pref_compounding,
        day_count=agreement.day_count,
        catch_up=agreement.catch_up,
        carry=agreement.carry,
        flows=flows,
    )


def whole_flows(fund: Fund, until: dt.date | None = None) -> tuple[Flow, ...]:
    """What went through the whole fund so far: receipts in, whole distributions out, in date order. A clawback only moves who got it."""
    orders = fund.orders.filter(kind__in=("receipt", "distribution"), state="approved").order_by("on", "decided_at")
    if until is not None:
        orders = orders.filter(on__lte=until)
    return tuple(
        Flow(date=on, contribution=amount) if kind == "receipt" else Flow(date=on, distribution=amount)
        for kind, on, amount in orders.values_list("kind", "on", "amount_fen")
    )


def deal_events(fund: Fund) -> list[DealEvent]:
    """What was paid for deals and for all, lost, and distributed, as the waterfall deal by deal reads it."""
    found: list[DealEvent] = []
    kinds = ("disbursement", "proceeds", "write_off", "distribution", *SHARED)
    rows = fund.orders.filter(kind__in=kinds, state="approved").order_by("on", "decided_at")
    for kind, on, amount, cost, project in rows.values_list("kind", "on", "amount_fen", "cost_fen", "project_id"):
        deal = str(project or "")
        if kind == "proceeds":
            if cost > amount:
                found.append(DealEvent(date=on, event="loss", amount=cost - amount, deal=deal))
            continue
        events: dict[str, Literal["cost", "shared", "loss", "distribution"]]
        events = {"disbursement": "cost", "write_off": "loss", "distribution": "distribution"}
        found.append(DealEvent(date=on, event=events.get(kind, "shared"), amount=amount, deal=deal))
    return found


def layer_flows(fund: Fund, agreement: Agreement, until: dt.date | None = None) -> list[LayerFlow]:
    """Receipts by layer and whole distributions, in date order."""
    orders = fund.orders.filter(kind__in=("receipt", "distribution"), state="approved").order_by("on", "decided_at")
    if until is not None:
        orders = orders.filter(on__lte=until)
    found = []
    for kind, on, amount, partner in orders.values_list("kind", "on", "amount_fen", "partner_id"):
        if kind == "distribution":
            found.append(LayerFlow(date=on, distribution=amount))
        else:
            senior = str(partner) in agreement.senior
            found.append(LayerFlow(date=on, senior=amount if senior else 0, junior=0 if senior else amount))
    return found


def split_of(fund: Fund, agreement: Agreement, *, on: dt.date, amount: Fen, deal: str = "") -> Split:
    """What a distribution of `amount` on a day is by the terms: the waterfall with it, less what the flows before gave.

    `deal`: the project, where the terms count deal by deal. Kinds: return_of_capital, preferred_return, gain; of layers senior_capital,
    senior_return, junior_capital, junior_rest.
    """
    if agreement.kind == "layered":
        return _layer_split(agreement, layer_flows(fund, agreement), LayerFlow(date=on, distribution=amount), amount)
    if agreement.kind == "american":
        events = deal_events(fund)
        own = _own(events, deal)
        last = _own([*events, DealEvent(date=on, event="distribution", amount=amount, deal=deal)], deal)
        return _tier_split(agreement, tuple(own), tuple(last), amount)
    whole = whole_flows(fund)
    return _tier_split(agreement, whole, (*whole, Flow(date=on, distribution=amount)), amount)


def _own(events: Sequence[DealEvent], deal: str) -> list[Flow]:
    """The flows of one deal."""
    return [flow for flow in deal_flows(events) if flow.deal == deal]


def _tier_split(agreement: Agreement, before: tuple[Flow, ...], after: tuple[Flow, ...], amount: Fen) -> Split:
    first, last = (waterfall(waterfall_input(agreement, flows)) for flows in (before, after))
    capital = last.tiers.return_of_capital - first.tiers.return_of_capital
    preferred = last.tiers.preferred_return - first.tiers.preferred_return
    carry = last.gp - first.gp
    gain = amount - capital - preferred - carry
    if gain < 0:
        # Each tier is rounded by itself: what they are too much together is taken off the preferred return, then off the capital.
        over = min(-gain, preferred)
        preferred, capital, gain = preferred - over, capital - (-gain - over), 0
    return Split(kinds={"return_of_capital": capital, "preferred_return": preferred, "gain": gain}, carry=carry)


def _layer_split(agreement: Agreement, flows: list[LayerFlow], new: LayerFlow, amount: Fen) -> Split:
    def rounded(found: Layers) -> dict[str, Fen]:
        names = ("senior_capital", "senior_return", "junior_capital", "gp", "junior_rest")
        return dict(zip(names, (round_half_up(getattr(found, name)) for name in names), strict=True))

    rate, carry = agreement.senior_rate, agreement.carry
    first, last = (rounded(layers_over(some, senior_rate=rate, carry=carry)) for some in (flows, [*flows, new]))
    parts = {name: last[name] - first[name] for name in last}
    manager = parts.pop("gp")
    # Rounding of the parts is borne by the last that gets anything.
    for name in ("junior_rest", "junior_capital", "senior_return", "senior_capital"):
        short = amount - manager - sum(parts.values())
        parts[name] = max(0, parts[name] + short)
    return Split(kinds=parts, carry=amount - sum(parts.values()))


def claims_of(accounts: Sequence[Account], agreement: Agreement) -> list[Claim]:
    """The partners with what their parts are measured by."""
    return [
        Claim(partner=str(found.partner.pk), paid=max(0, found.weight_fen), senior=str(found.partner.pk) in agreement.senior)
        for found in accounts
    ]


def parts_of(fund: Fund, agreement: Agreement, split: Split, claims: Sequence[Claim], *, on: dt.date) -> dict[str, dict[str, Fen]]:
    """Each partner's part by kind, after the concession: partner → kind → fen; what the public partner gives stands as a negative part."""
    parts = allot(split.kinds, claims)
    concession = agreement.concession
    if concession is None or concession.partner not in parts:
        return parts
    public = concession.partner
    entitled = sum(parts[public].values())
    given = conceded(
        public_flows(fund, public), PublicFlow(date=on, entitled=entitled), hurdle_rate=concession.hurdle_rate, share=concession.share
    )
    others = [claim for claim in claims if claim.partner != public and claim.paid]
    if given and others:
        parts[public]["concession"] = -given
        for claim, part in zip(others, largest_remainder(given, [claim.paid for claim in others]), strict=True):
            parts[claim.partner]["concession"] = part
    return parts


def public_flows(fund: Fund, partner: str) -> list[PublicFlow]:
    """What the public partner paid in, and what it was entitled to before any concession, in date order."""
    receipts = fund.orders.filter(kind="receipt", state="approved", partner_id=partner).values_list("on", "amount_fen")
    shares = Share.objects.filter(partner_id=partner, order__kind="distribution", order__state="approved")
    found = [PublicFlow(date=on, paid_in=amount) for on, amount in receipts]
    for on, amount, parts in shares.values_list("order__on", "amount_fen", "parts"):
        found.append(PublicFlow(date=on, entitled=amount - parts.get("concession_fen", 0)))
    return sorted(found, key=lambda flow: (flow.date, -flow.paid_in))


def entitled_carry(fund: Fund, agreement: Agreement, *, on: dt.date, worth: Fen) -> Fen:
    """The carry of the whole life if `worth` were distributed on a day: by the whole fund also where deals are paid one by one, since the clawback

    brings them there (P4).
    """
    if agreement.kind == "layered":
        layered = [*layer_flows(fund, agreement, on), LayerFlow(date=on, distribution=max(0, worth))]
        return round_half_up(layers_over(layered, senior_rate=agreement.senior_rate, carry=agreement.carry).gp)
    flows = whole_flows(fund, on)
    more = (Flow(date=on, distribution=worth),) if worth > 0 else ()
    return waterfall(waterfall_input(agreement, (*flows, *more))).gp


def whole_waterfall(fund: Fund, agreement: Agreement) -> WaterfallOutput:
    """The European waterfall over the fund's life, with its working."""
    return waterfall(waterfall_input(agreement, whole_flows(fund)))


def liquidated(fund: Fund, agreement: Agreement, accounts: Sequence[Account], *, on: dt.date, worth: Fen) -> dict[str, Fen]:
    """The partners' parts if `worth` (after carry) were theirs on a day: by layer where there are layers, else by paid-in capital and concession."""
    claims = claims_of(accounts, agreement)
    if not any(claim.paid for claim in claims) or worth <= 0:
        return {claim.partner: 0 for claim in claims}
    if agreement.kind == "layered":
        flows = layer_flows(fund, agreement, on)
        split = _layer_split(agreement, flows, LayerFlow(date=on, distribution=worth), worth)
        kinds = dict(split.kinds)
        kinds["junior_rest"] = kinds.get("junior_rest", 0) + split.carry
        return {partner: sum(parts.values()) for partner, parts in allot(kinds, claims).items()}
    parts = parts_of(fund, agreement, Split(kinds={"gain": worth}, carry=0), claims, on=on)
    return {partner: sum(amounts.values()) for partner, amounts in parts.items()}


def share_of(part: Fraction, amount: Fen) -> Fen:
    """A share of an amount, halves up."""
    return round_half_up(part * amount)

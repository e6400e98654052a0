"""Call and distribution notices in the shape of the ILPA templates: what each partner pays or gets, by use or kind, with running totals."""

import datetime as dt

from langqiao.engine.funds.calls import check_unique
from langqiao.engine.kernel.allocation import largest_remainder
from langqiao.engine.kernel.calculation import BadInput, calculation
from langqiao.engine.kernel.dates import UnknownYearError, is_working_day
from langqiao.engine.kernel.money import Fen, Money, PositiveMoney, fen_to_yuan
from langqiao.engine.kernel.record import Count, Date, Flag, Rows, Text, record
from langqiao.engine.kernel.refusal import Refusal

CALL_USES = ("investments", "management_fee", "partnership_expenses", "organization_costs")
DISTRIBUTION_KINDS = ("return_of_capital", "preferred_return", "gain", "recallable")


@record
class PartnerAccount:
    """A partner with its commitment and what was called from and distributed to it before this notice."""

    partner: Text
    commitment: PositiveMoney
    called_before: Money = 0
    recallable_before: Money = 0
    distributed_before: Money = 0


@record
class CallUses:
    investments: Money = 0
    management_fee: Money = 0
    partnership_expenses: Money = 0
    organization_costs: Money = 0


@record
class CallNoticeInput:
    partners: Rows[PartnerAccount]
    uses: CallUses
    noticed_on: Date
    due_on: Date
    notice_working_days: Count = 10


@record
class CallLine:
    partner: Text
    investments: Money
    management_fee: Money
    partnership_expenses: Money
    organization_costs: Money
    total: Money
    called_after: Money
    unfunded_after: Money


@record
class CallNoticeOutput:
    lines: Rows[CallLine]
    total: Money
    working_days: int | None
    notice_long_enough: Flag | None


@calculation(
    "fund.call_notice",
    title_zh="缴款通知书",
    title_en="Capital call notice by partner and use",
    formula_zh=(
        "每项用途按认缴额以最大余数法分摊，合伙人应缴总额为各用途之和；累计缴款不超过 认缴额 + 可再缴额。"
        "通知日与缴款日之间的工作日按中国节假日历计算；日历未收录的年份给出空值。"
    ),
    source="ILPA call template of 2025 [c shape]; notice period [p]; Partnership Law 65",
    refusals=("call_above_commitment",),
    example={
        "partners": [{"partner": "A", "commitment": "60000000.00"}, {"partner": "B", "commitment": "40000000.00", "called_before": "1000000.00"}],
        "uses": {"investments": "20000000.00", "management_fee": "500000.00"}, "noticed_on": "2025-03-03", "due_on": "2025-03-20",
    },
)  # fmt: skip
def call_notice(given: CallNoticeInput) -> CallNoticeOutput:
    """Each use is split by commitments (largest remainder), a partner's total is the sum of its uses; called after ≤ commitment + recallable.
    Working days between notice and due date follow the Chinese calendar; a year it does not hold gives null.
    """
    _partners(given.partners)
    if given.due_on < given.noticed_on:
        raise BadInput("inconsistent", "the call is due before its notice", "due_on")
    weights = [partner.commitment for partner in given.partners]
    columns = {use: largest_remainder(getattr(given.uses, use), weights) for use in CALL_USES}
    lines = []
    for i, partner in enumerate(given.partners):
        parts = {use: columns[use][i] for use in CALL_USES}
        total = sum(parts.values())
        room = partner.commitment + partner.recallable_before - partner.called_before
        if total > room:
            raise Refusal(
                "call_above_commitment",
                f"{partner.partner} would pay {fen_to_yuan(total)} with {fen_to_yuan(max(room, 0))} left of its commitment",
                article="Partnership Law 65; fund agreement",
            )
        after = partner.called_before + total
        lines.append(CallLine(partner=partner.partner, **parts, total=total, called_after=after, unfunded_after=room - total))
    days = _working_days(given.noticed_on, given.due_on)
    return CallNoticeOutput(
        lines=tuple(lines),
        total=sum(line.total for line in lines),
        working_days=days,
        notice_long_enough=None if days is None else days >= given.notice_working_days,
    )


def _partners(partners: tuple[PartnerAccount, ...]) -> None:
    if not partners:
        raise BadInput("out_of_range", "there is no partner", "partners")
    check_unique([partner.partner for partner in partners], "partners", "partner")


def _working_days(start: dt.date, end: dt.date) -> int | None:
    try:
        return sum(is_working_day(start + dt.timedelta(days=k)) for k in range(1, (end - start).days + 1))
    except UnknownYearError:
        return None


@record
class DistributionKinds:
    return_of_capital: Money = 0
    preferred_return: Money = 0
    gain: Money = 0
    recallable: Money = 0


@record
class DistributionNoticeInput:
    """`kinds` are the partners' amounts of one distribution; `recallable` is the part of the return of capital that may be called again."""

    partners: Rows[PartnerAccount]
    kinds: DistributionKinds
    carry: Money = 0


@record
class DistributionLine:
    partner: Text
    return_of_capital: Money
    preferred_return: Money
    gain: Money
    recallable: Money
    total: Money
    distributed_after: Money
    recallable_after: Money


@record
class DistributionNoticeOutput:
    lines: Rows[DistributionLine]
    partners_total: Money
    carry: Money
    total: Money


@calculation(
    "fund.distribution_notice",
    title_zh="分配通知书",
    title_en="Distribution notice by partner and kind",
    formula_zh="每类分配按认缴额以最大余数法分摊；可再缴额是返还出资中的备查数，相应提高可缴余额。",
    source="ILPA distribution template of 2025 [c shape]; recycling flag [p]",
    example={
        "partners": [{"partner": "A", "commitment": "60000000.00"}, {"partner": "B", "commitment": "40000000.00"}],
        "kinds": {"return_of_capital": "10000000.00", "preferred_return": "800000.00", "recallable": "2000000.00"}, "carry": "0.00",
    },
)  # fmt: skip
def distribution_notice(given: DistributionNoticeInput) -> DistributionNoticeOutput:
    """Each kind is split by commitments (largest remainder); recallable is a memo inside the return of capital and raises what may be called."""
    _partners(given.partners)
    if given.kinds.recallable > given.kinds.return_of_capital:
        raise BadInput("inconsistent", "more is recallable than is returned as capital", "kinds.recallable")
    weights = [partner.commitment for partner in given.partners]
    columns: dict[str, list[Fen]] = {kind: largest_remainder(getattr(given.kinds, kind), weights) for kind in DISTRIBUTION_KINDS}
    lines = []
    for i, partner in enumerate(given.partners):
        parts = {kind: columns[kind][i] for kind in DISTRIBUTION_KINDS}
        total = sum(parts.values()) - parts["recallable"]
        lines.append(
            DistributionLine(
                partner=partner.partner,
                **parts,
                total=total,
                distributed_after=partner.distributed_before + total,
                recallable_after=partner.recallable_before + parts["recallable"],
            )
        )
    paid = sum(line.total for line in lines)
    return DistributionNoticeOutput(lines=tuple(lines), partners_total=paid, carry=given.carry, total=paid + given.carry)

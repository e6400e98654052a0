"""The judgment of a loan's collateral as rows keep it: from how the rights were last seen, by the bank's rules of the loan."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from langqiao.engine.credit.monitoring import Held, Judgment, Seen, judge
from langqiao.engine.credit.policy import Policy, policy_of
from langqiao.rules import parameters
from langqiao.web.credit.models import Loan, LoanAlarm, LoanPatent
from langqiao.web.deals.terms import digest


class Policies:
    """The policies of many loans, each text read once."""

    def __init__(self) -> None:
        self._known: dict[str, Policy] = {}

    def of(self, values: Mapping[str, Any]) -> Policy:
        """The policy of stored values."""
        mark = digest(values)
        if mark not in self._known:
            self._known[mark] = policy_of(parameters(), values)
        return self._known[mark]


def held(patent: LoanPatent) -> Held:
    """A patent as it was last seen."""
    seen = Seen(alive=patent.alive, status=patent.status, troubles=frozenset(patent.troubles))
    return Held(value_fen=patent.value_fen or 0, seen=seen)


def judgment(loan: Loan, patents: Iterable[LoanPatent], policy: Policy) -> Judgment:
    """The judgment of what is owed against what lives."""
    return judge(loan.balance_fen, [held(patent) for patent in patents], policy)


def judged_write(loan: Loan, found: Judgment) -> bool:
    """Puts a judgment on the loan's row, not saved; whether anything changed."""
    new = (found.level, list(found.reasons), found.value_fen, found.cure_fen)
    old = (loan.level, loan.level_reasons, loan.value_fen, loan.cure_fen)
    loan.level, loan.level_reasons, loan.value_fen, loan.cure_fen = new
    return new != old


def alarm_of(loan: Loan, before: str, day: dt.date) -> LoanAlarm:
    """The note of a level that changed, not saved."""
    return LoanAlarm(
        loan=loan, on=day, before=before, level=loan.level, reasons=loan.level_reasons, value_fen=loan.value_fen or 0,
        balance_fen=loan.balance_fen, cure_fen=loan.cure_fen,
    )  # fmt: skip


def rejudge(loan: Loan) -> None:
    """After money moved: the level of the loan from the rights as last seen."""
    judged_write(loan, judgment(loan, loan.patents.all(), Policies().of(loan.policy)))

"""An account's identity: owner, purpose, reference and currency in one id, refused where the chart knows no such account."""

import re
from dataclasses import dataclass

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.ledger.chart import CHART, OWNER_KINDS, Line, OwnerKind, Pot

OWNER = re.compile(r"platform|(?:organization|person|deal|loan|pool|fund)/[0-9A-Za-z-]{1,40}")
REF = re.compile(r"[0-9A-Za-z_./-]{0,80}")
CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountName:
    """The four words of an account and what the chart says about them."""

    owner: str
    purpose: str
    ref: str
    currency: str

    @property
    def id(self) -> str:
        """The id: `organization/12:client_money::CNY`."""
        return f"{self.owner}:{self.purpose}:{self.ref}:{self.currency}"

    @property
    def owner_kind(self) -> OwnerKind:
        """organization, person, deal, loan, pool, fund or platform."""
        kind = self.owner.partition("/")[0]
        return next(known for known in OWNER_KINDS if known == kind)

    @property
    def line(self) -> Line:
        """The purpose's line of the chart."""
        return CHART[self.purpose]

    @property
    def pot(self) -> Pot:
        """Whose money it holds."""
        return self.line.pot_of(self.owner_kind)


def account_name(*, owner: str, purpose: str, ref: str = "", currency: str = "CNY") -> AccountName:
    """The name of an account. Raises Refusal(ledger_account_unfit) for words that no account of the chart has.

    `owner`: `platform` or kind/key (`organization/12`, `fund/3`, `deal/UUID`); `ref`: tells apart several accounts of one purpose
    (a partner, a tranche), ASCII, no personal data.
    """
    line = CHART.get(purpose)
    if line is None or not OWNER.fullmatch(owner) or owner.partition("/")[0] not in line.owners:
        raise Refusal(
            "ledger_account_unfit",
            f"the chart knows no account {purpose[:60]!r} of {owner[:60]!r}",
            facts={"owner": owner[:60], "purpose": purpose[:60]},
        )
    if not REF.fullmatch(ref) or not CURRENCY.fullmatch(currency):
        raise Refusal(
            "ledger_account_unfit",
            f"{ref[:60]!r} or {currency[:9]!r} is no reference or currency",
            facts={"owner": owner, "purpose": purpose},
        )
    return AccountName(owner=owner, purpose=purpose, ref=ref, currency=currency)


def account_id(*, owner: str, purpose: str, ref: str = "", currency: str = "CNY") -> str:
    """The id alone, as account_name refuses."""
    return account_name(owner=owner, purpose=purpose, ref=ref, currency=currency).id


def account_parse(account: str) -> AccountName:
    """The name behind an id. Raises Refusal(ledger_account_unfit)."""
    parts = account.split(":")
    if len(parts) != 4:
        raise Refusal("ledger_account_unfit", f"{account[:80]!r} is no account id", facts={"owner": account[:60], "purpose": ""})
    owner, purpose, ref, currency = parts
    return account_name(owner=owner, purpose=purpose, ref=ref, currency=currency)

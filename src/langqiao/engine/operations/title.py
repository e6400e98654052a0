"""Title: who owns a right in which shares, when a transfer takes effect, who binds whom, and who has first refusal."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from langqiao.engine.kernel.allocation import largest_remainder
from langqiao.engine.kernel.money import Fen
from langqiao.engine.kernel.refusal import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """One co-owner and its share (None: not stated)."""

    name: str
    share: Fraction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A notice of first refusal: to whom, when served, how many days it is open, and whether it was waived or exercised."""

    holder: str
    basis: str
    served_on: dt.date | None = None
    open_days: int = 0
    waived_on: dt.date | None = None
    exercised_on: dt.date | None = None

    def open_on(self, day: dt.date) -> bool:
        """Whether the holder may still step in: it does, was not served, or the window has not closed and was not waived."""
        if self.exercised_on is not None and self.exercised_on <= day:
            return True
        if self.waived_on is not None and self.waived_on <= day:
            return False
        return self.served_on is None or day <= self.served_on + dt.timedelta(days=self.open_days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """A contract of assignment: parties, day of signature, and its registration once there is one."""

    seller: str
    buyer: str
    signed_on: dt.date
    written: bool = True
    registration: str = ""
    registered_on: dt.date | None = None
    buyer_is_foreign: bool = False
    export_clearance: str = ""
    notices: tuple[Notice, ...] = ()


def full_shares(owners: Sequence[Owner]) -> dict[str, Fraction]:
    """Shares by owner, equal where none is stated (Langqiao's reading). Raises Refusal(owner_shares_do_not_sum) unless they sum to 1 (I19)."""
    if all(owner.share is None for owner in owners):
        shares = {owner.name: Fraction(1, len(owners)) for owner in owners}
    else:
        shares = {owner.name: owner.share or Fraction(0) for owner in owners}
    total = sum(shares.values(), Fraction(0))
    if total != 1 or len(shares) != len(owners) or any(share <= 0 for share in shares.values()):
        message = f"the shares of {len(owners)} owners sum to {total}, each must be above zero and named once"
        raise Refusal("owner_shares_do_not_sum", message, facts={"total": str(total)})
    return shares


def divide_license_fee(fee: Fen, owners: Sequence[Owner]) -> dict[str, Fen]:
    """How the fee of an ordinary license given by one co-owner is divided among all of them, by shares, to the fen (Patent Law 14; I20)."""
    shares = full_shares(owners)
    return dict(zip(shares, largest_remainder(fee, list(shares.values())), strict=True))


def require_shared_fee(fee: Fen, owners: Sequence[Owner], paid: Mapping[str, Fen]) -> None:
    """Raises Refusal(license_fee_not_shared) unless the payments to the co-owners are those of `divide_license_fee`."""
    due = divide_license_fee(fee, owners)
    if {name: amount for name, amount in paid.items() if amount} != {name: amount for name, amount in due.items() if amount}:
        raise Refusal("license_fee_not_shared", "the fee is not divided among the co-owners", article="Patent Law 14")


def effective_on(assignment: Assignment) -> dt.date | None:
    """The day an assignment takes effect: its registration, never its signature; None without registration id and date (Patent Law 10; I22)."""
    return assignment.registered_on if assignment.registration else None


def owner_on(day: dt.date, first_owner: str, assignments: Sequence[Assignment]) -> str:
    """The registered owner on a day after a chain of assignments of the whole right; unregistered links change nothing."""
    owner = first_owner
    for link in sorted(assignments, key=lambda link: effective_on(link) or dt.date.max):
        effect = effective_on(link)
        if effect is not None and effect <= day and link.seller == owner:
            owner = link.buyer
    return owner


def binds_assignee(license_on: dt.date, assignment: Assignment) -> bool:
    """Whether a license concluded on a day before the assignment's contract goes on against the buyer (Interpretation 24; I23)."""
    return license_on < assignment.signed_on


def refusals_of(assignment: Assignment, owners: Sequence[str], on: dt.date) -> tuple[str, ...]:
    """Every code for which an assignment may not be registered on a day, sorted (I22, I24, I25, I26)."""
    found = {
        "not_registered_owner": assignment.seller not in owners,
        "written_contract_missing": not assignment.written,
        "first_refusal_not_cleared": any(notice.open_on(on) for notice in assignment.notices),
        "export_clearance_missing": assignment.buyer_is_foreign and not assignment.export_clearance,
    }
    return tuple(sorted(code for code, applies in found.items() if applies))

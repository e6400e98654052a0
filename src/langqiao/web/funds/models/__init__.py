"""The tables of the funds, by subject; Django reads them here."""

from langqiao.web.funds.models.core import (
    BASES,
    ORDER_KINDS,
    Check,
    Condition,
    Fund,
    FundStep,
    Member,
    Order,
    Paper,
    Partner,
    Project,
    ProjectPatent,
    Seat,
    Session,
    Share,
    Vote,
)

__all__ = [
    "BASES",
    "ORDER_KINDS",
    "Check",
    "Condition",
    "Fund",
    "FundStep",
    "Member",
    "Order",
    "Paper",
    "Partner",
    "Project",
    "ProjectPatent",
    "Seat",
    "Session",
    "Share",
    "Vote",
]

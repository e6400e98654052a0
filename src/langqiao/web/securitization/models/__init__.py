"""The rows of securitization: the transaction with its pool and tranches, and what is placed, collected and paid."""

from langqiao.web.securitization.models.core import Asset, AssetFlow, AssetPatent, Party, Request, StepTaken, Tranche, Transaction
from langqiao.web.securitization.models.service import Collection, Investor, PaidLine, PaidPart, Period, Subscription

__all__ = (
    "Asset", "AssetFlow", "AssetPatent", "Collection", "Investor", "PaidLine", "PaidPart", "Party", "Period", "Request", "StepTaken",
    "Subscription", "Tranche", "Transaction",
)  # fmt: skip

"""The tables of deals: the deal with its steps and money, and what lies in its room."""

from langqiao.web.deals.models.deal import Deadline, Deal, DealPatent, DealRequest, DealStep, DealTransfer, Reservation
from langqiao.web.deals.models.room import (
    Access,
    Bid,
    Clearance,
    Consent,
    Invoice,
    Nda,
    Offer,
    OfficeReceipt,
    Publicity,
    Question,
    RoomFile,
    Signature,
)

__all__ = [
    "Access",
    "Bid",
    "Clearance",
    "Consent",
    "Deadline",
    "Deal",
    "DealPatent",
    "DealRequest",
    "DealStep",
    "DealTransfer",
    "Invoice",
    "Nda",
    "Offer",
    "OfficeReceipt",
    "Publicity",
    "Question",
    "Reservation",
    "RoomFile",
    "Signature",
]

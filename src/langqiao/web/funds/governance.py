"""What governance asks of a payment beyond the resolution: the partners' consent to a related deal, the fund's limits, the milestones reached."""

from langqiao.web.common.steps import Gate
from langqiao.web.funds.models import Order, Session

GOVERNANCE: tuple[str, ...] = ()
"""Gates of a payment to a project, after those of `money.DISBURSEMENT`."""


def governance_gates(order: Order, session: Session | None) -> dict[str, Gate]:  # noqa: ARG001 - the gates come with the tables of the council
    """A gate of each code in GOVERNANCE, asked at the asking and again at the approval."""
    return {}

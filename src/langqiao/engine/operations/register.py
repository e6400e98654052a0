"""Every operation of the market by its kind: the one table that page, API, permission check, docs and tests read."""

from collections.abc import Mapping

from langqiao.engine.operations.assignment import ASSIGNMENT
from langqiao.engine.operations.auction_deal import AUCTION
from langqiao.engine.operations.deal import Operation
from langqiao.engine.operations.license import EXCLUSIVE, ORDINARY, SOLE
from langqiao.engine.operations.open_license import OPEN_LICENSE, OPEN_LICENSE_TAKING
from langqiao.engine.operations.pledge import PLEDGE
from langqiao.engine.operations.sublicense import SUBLICENSE

OPERATIONS: Mapping[str, Operation] = {
    operation.kind: operation
    for operation in (ASSIGNMENT, EXCLUSIVE, SOLE, ORDINARY, SUBLICENSE, OPEN_LICENSE, OPEN_LICENSE_TAKING, AUCTION, PLEDGE)
}
ROLES = ("buyer", "seller", "pledgee", "platform", "system", "office")
"""The roles that take steps; `system` is the clock, `office` the register as the platform reads it."""

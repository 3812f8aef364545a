"""What an order may do, and what its lines cost. Pure."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from orderway.kernel.values import rounded
from orderway.stock.rules import NORMAL

# verb -> the states it may start from; buttons, API and documentation derive from this table
MOVES: Mapping[str, frozenset[str]] = {
    "confirm": frozenset({"placed"}),
    "hold": frozenset({"placed", "confirmed"}),
    "resume": frozenset({"held"}),
    "cancel": frozenset({"placed", "held", "confirmed"}),
    "allocate": frozenset({"confirmed"}),
    "complete": frozenset({"confirmed"}),
    "prioritise": frozenset({"placed", "held", "confirmed"}),
}
PRIORITY_TABLE = "order_priority"  # the key of the decision table that gives orders their class
LOWEST, USUAL, HIGHEST = -1, 0, 2  # the classes of orders, the same numbers as those of work items
FLAGS: Mapping[str, int] = {"urgent": HIGHEST, "normal": USUAL, "wait": LOWEST}


def priority_by(flag: str, said: Any) -> int:
    """The class of an order: what the table `order_priority` says (column `priority`, or its only one), else what its flag says."""
    told = said.get("priority") if isinstance(said, Mapping) else said
    if not isinstance(told, Decimal | int) or isinstance(told, bool):
        return FLAGS[flag]
    return max(LOWEST, min(HIGHEST, int(told)))


def served(priority: int) -> int:
    """The priority that an order of this class gives its demands: 1 for the highest, 7 for the lowest (stock serves the least first)."""
    return NORMAL - 2 * priority


def class_of(demand_priority: int) -> int:
    """The class of orders whose demands have this priority."""
    return max(LOWEST, min(HIGHEST, (NORMAL - demand_priority) // 2))


def line_net(quantity: Decimal, price: Decimal, per: Decimal, discount: Decimal, currency: str) -> Decimal:
    """The net amount of a line (EN 16931 BT-131): quantity x price per base quantity, less `discount` percent, at the minor unit."""
    return rounded(quantity * price / per * (100 - discount) / 100, currency)

"""What an order may do, and what its lines cost. Pure."""

from collections.abc import Mapping
from decimal import Decimal

from orderway.kernel.values import rounded

# verb -> the states it may start from; buttons, API and documentation derive from this table
MOVES: Mapping[str, frozenset[str]] = {
    "confirm": frozenset({"placed"}),
    "hold": frozenset({"placed", "confirmed"}),
    "resume": frozenset({"held"}),
    "cancel": frozenset({"placed", "held", "confirmed"}),
    "allocate": frozenset({"confirmed"}),
    "complete": frozenset({"confirmed"}),
}


def line_net(quantity: Decimal, price: Decimal, per: Decimal, discount: Decimal, currency: str) -> Decimal:
    """The net amount of a line (EN 16931 BT-131): quantity x price per base quantity, less `discount` percent, at the minor unit."""
    return rounded(quantity * price / per * (100 - discount) / 100, currency)

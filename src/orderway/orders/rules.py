"""What an order may do, what its lines cost, and for which day they are promised. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

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
    "short_ship": frozenset({"placed", "held", "confirmed"}),
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


def missing(undelivered: int, uninvoiced: int, settled: bool) -> list[str]:
    """What an order still needs before it can be completed: lines not wholly delivered, or invoiced; money not all here."""
    lacking = {"delivered": undelivered > 0, "invoiced": uninvoiced > 0, "paid": not settled}
    return [name for name, lacks in lacking.items() if lacks]


def to_invoice(lines: Sequence[Any]) -> list[Decimal]:
    """How much of each of the lines of an order (each with stocked, quantity, cancelled, delivered, invoiced) is to be charged now.

    Goods: what was delivered and not charged yet. Services: all of them once anything went out, or at once where there are no goods.
    """
    waiting = any(line.stocked for line in lines) and not any(line.delivered > 0 for line in lines)
    services = [Decimal(0) if waiting else line.quantity - line.cancelled - line.invoiced for line in lines]
    return [
        line.delivered - line.invoiced if line.stocked else rest for line, rest in zip(lines, services, strict=True)
    ]


def line_net(quantity: Decimal, price: Decimal, per: Decimal, discount: Decimal, currency: str) -> Decimal:
    """The net amount of a line (EN 16931 BT-131): quantity x price per base quantity, less `discount` percent, at the minor unit."""
    return rounded(quantity * price / per * (100 - discount) / 100, currency)


def net_left(net: Decimal, quantity: Decimal, cancelled: Decimal, currency: str) -> Decimal:
    """What a line of `net` still comes to when `cancelled` of its quantity is not delivered, at the minor unit."""
    return net if not cancelled else rounded(net * (quantity - cancelled) / quantity, currency)


class Promised(NamedTuple):
    """The day a line is promised for (None: no day) and on what it rests: "promised" (a day agreed for the order), "line" (a wish of
    its own), "order" (the wish of the whole order) or "nothing"."""

    day: date | None
    rests_on: str


def promised(promised_on: date | None, line_wish: date | None, order_wish: date | None) -> Promised:
    """The day of a line: the one agreed for the order, else the day wished for the line, else the one wished for the order."""
    if promised_on is not None:
        return Promised(promised_on, "promised")
    if line_wish is not None and line_wish != order_wish:
        return Promised(line_wish, "line")
    return Promised(order_wish, "order") if order_wish is not None else Promised(None, "nothing")


def keeping(day: date | None, today: date, wanted: Decimal, gone: Decimal, held: Decimal | None) -> str:
    """How it stands with the promise of `wanted`, of which `gone` has left and `held` is reserved beside it (None: stock gives nothing
    for it): "kept" (all has left), "late" (the day is over), "ready" (all that is missing is reserved), "waits", or "service"."""
    if held is None:
        return "service"
    if gone >= wanted:
        return "kept"
    if day is not None and day < today:
        return "late"
    return "ready" if gone + held >= wanted else "waits"


class Again(NamedTuple):
    """A line of an earlier order that is wanted once more; `free` is what lies free of its item now, None where none ever lay."""

    goods: bool
    quantity: Decimal
    price: Decimal
    per: Decimal
    free: Decimal | None


def otherwise(line: Again, price: Decimal | None, per: Decimal | None) -> dict[str, Decimal]:
    """What is otherwise today about a line that is ordered again: `then` and `now` of its price for one, `wanted` and `free` where goods
    are short; empty where nothing is."""
    told: dict[str, Decimal] = {}
    then, now = line.price / line.per, None if price is None else price / (per or Decimal(1))
    if now is not None and now != then:
        told |= {"then": then, "now": now}
    lying = line.free or Decimal(0)
    if line.goods and lying < line.quantity:
        told |= {"wanted": line.quantity, "free": max(lying, Decimal(0))}
    return told

"""n good rows for the commands that say which orders go first."""

from typing import Any

import growth

from orderway.kernel.registry import Ref
from orderway.orders.commands.prioritise import PrioritiseOrder


def _refs(shop: Any, n: int) -> list[Ref]:
    return [Ref(id) for id in growth.placed(shop, n)]


def _freed(shop: Any, n: int) -> list[Ref]:
    """Cancelled orders whose goods others wait for."""
    growth.waiting_levels(shop, n)
    return [Ref(id) for id in growth.cancelled(shop, n)]


CASES = {
    "orders.prioritise": lambda shop, n: [PrioritiseOrder(id, "urgent", "growth") for id in growth.placed(shop, n)],
    "orders.rank": _refs,
    "orders.serve_freed": _freed,
    "orders.rank_anew": lambda _, n: [Ref(id) for id in range(1, n + 1)],
}

"""Stock told twice: levels against the ledger, promises against allocations."""

from orderway.kernel.checking import check
from orderway.kernel.sql import fetch, statements

SQL = statements("stock", "checks")


@check("stock.levels")
def levels() -> list[str]:
    """On hand is the sum of the moves; reserved is the sum of the allocations."""
    return [
        f"level {row.id}: on hand {row.on_hand}, moves say {row.moved}; reserved {row.reserved}, allocations say {row.given}"
        for row in fetch(SQL.levels.text(frozenset()), {})
    ]


@check("stock.demands")
def demands() -> list[str]:
    """What a demand was given is the sum of its allocations."""
    return [
        f"demand {row.id}: allocated {row.allocated}, allocations say {row.given}"
        for row in fetch(SQL.demands.text(frozenset()), {})
    ]

"""Numbers without gaps: one counter row a series, locked until the transaction ends, always taken last."""

from typing import TYPE_CHECKING

from .sql import statements

if TYPE_CHECKING:
    from .context import Context

SQL = statements("kernel", "numbers")


def take(ctx: "Context", series: str, count: int) -> range:
    """The next `count` numbers of `series` in the actor's company, starting at 1. Rolled back, they are given out again."""
    row = ctx.one(SQL.take, series=series, count=count)
    return range(row.first, row.first + count)

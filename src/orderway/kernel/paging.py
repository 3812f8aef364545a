"""Lists come a page at a time: rows, the cursor of the next page, and a count that is exact to 1,000."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .context import Reader
from .sql import Statement, fetch

COUNTED = 1_000


@dataclass(frozen=True, slots=True)
class Page:
    """`next` is the cursor of the following page or None; `count` None means more than 1,000."""

    rows: Sequence[Any]
    next: str | None
    count: int | None


def page(ctx: Reader, statement: Statement, sorts: Mapping[str, str], asked: Any, **parameters: Any) -> Page:
    """One page of a statement with `{sort}`, `limit` and `offset`.

    Every list may be `asked` a sort by name (`-name` for descending; an unknown one is the first of `sorts`), a cursor (`after`)
    and a page size.
    """
    start = int(asked.after) if asked.after and asked.after.isascii() and asked.after.isdecimal() else 0
    size = max(1, min(asked.size, 200))
    rows = ctx.fetch(statement, _order(sorts, asked.sort), **parameters, limit=size + 1, offset=start)
    following = str(start + size) if len(rows) > size else None
    count = len(rows) if start == 0 and following is None else _count(ctx, statement, parameters)
    return Page(rows[:size], following, count if count <= COUNTED else None)


def _order(sorts: Mapping[str, str], sort: str) -> str:
    order = sorts.get(sort.lstrip("-")) or next(iter(sorts.values()))
    # a part ends at a comma, but none within parentheses
    end = r"( desc|(?<! desc))(, (?![^()]*(?:\([^()]*\)[^()]*)*\))|$)"
    return re.sub(end, lambda at: f"{'' if at[1] else ' desc'}{at[2]}", order) if sort.startswith("-") else order


def _count(ctx: Reader, statement: Statement, parameters: Mapping[str, Any]) -> int:
    given = frozenset(name for name, value in parameters.items() if value is not None)
    text = f"select count(*)::integer as n from ({statement.text(given, 'null::integer')}) as counted"  # noqa: S608 - our own text
    return int(fetch(text, {**ctx.values(parameters), "limit": COUNTED + 1, "offset": 0}, ctx.database)[0].n)

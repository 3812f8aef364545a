"""How often people had to act on orders, from the door to the archive (GD-18): an act is a command a person gave, counted once an order."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from orderway.kernel.context import Reader
from orderway.kernel.paging import Page, page
from orderway.kernel.registry import query
from orderway.kernel.sql import fetch, statements

SQL = statements("capture", "touches")
WHO = ["manager", "administrator", "auditor"]
DAYS = 84  # looked back where no period is asked for
MOST = 50_000  # orders that one sum goes over
SETS: Mapping[str, list[str]] = {
    "ended": ["completed", "cancelled"],
    "active": ["placed", "held", "confirmed"],
    "all": ["completed", "cancelled", "placed", "held", "confirmed"],
}
SORTS = {
    "newest": "o.id desc",
    "touches": "t.touches, o.id desc",
    "number": "o.number, o.id",
    "customer": "p.name, o.id",
    "ordered": "o.ordered_on, o.id",
}
ACT_SORTS = {"oldest": "min(a.id)", "newest": "min(a.id) desc", "who": "h.name, min(a.id)"}


@dataclass(frozen=True)
class TouchedOrders:
    """Ask which orders people acted on, and how often: those that ended (`which`: or `active`, `all`), placed from `since` to `until` (the
    last twelve weeks), of a channel, a customer, the `week` that begins on a day, by words, or with so many `touches` (4: four or more)."""

    which: str = "ended"
    since: date | None = None
    until: date | None = None
    channel: str | None = None
    customer: int | None = None
    week: date | None = None
    touches: int | None = None
    words: str | None = None
    sort: str = "newest"
    after: str | None = None
    size: int = 50


def _narrowed(ctx: Reader, asked: Any) -> dict[str, Any]:
    until = asked.until or ctx.at.date() + timedelta(1)
    since = asked.since or min(ctx.at.date(), until) - timedelta(DAYS)
    return {"states": SETS.get(asked.which, SETS["ended"]), "since": since, "until": until}


@query("capture.touches", TouchedOrders, roles=WHO)
def touches(ctx: Reader, asked: TouchedOrders) -> Page:
    """How often people acted on each order; 0 went through by itself."""
    given = {name: getattr(asked, name) for name in ("channel", "customer", "week", "touches")}
    words = (asked.words or "").strip() or None
    return page(ctx, SQL.orders, SORTS, asked, **_narrowed(ctx, asked), **given, words=words)


@dataclass(frozen=True)
class TouchSums:
    """Ask for sums of the same: by the week orders were placed in, by customer or by channel."""

    by: Literal["week", "customer", "channel"] = "week"
    which: str = "ended"
    since: date | None = None
    until: date | None = None


@query("capture.touch_sums", TouchSums, roles=WHO)
def touch_sums(ctx: Reader, asked: TouchSums) -> list[Any]:
    """How often people acted on orders, by week, customer or channel.

    `key` is the first day of the week, the customer's id (`label`: the name) or the channel; `orders`, their `touches` in all and at `most`
    for one, and how many went through `untouched`.
    """
    text = SQL.sums.text(frozenset()).replace("{touched}", SQL.orders.text(frozenset(), "o.id desc"))
    given = {**_narrowed(ctx, asked), "by": asked.by, "limit": MOST, "offset": 0}
    return fetch(text, ctx.values(given), ctx.database)


@dataclass(frozen=True)
class ActsOn:
    """Ask what people did to one order."""

    id: int
    sort: str = "oldest"
    after: str | None = None
    size: int = 50


@query("capture.acts", ActsOn, roles=WHO)
def acts(ctx: Reader, asked: ActsOn) -> Page:
    """What people did to an order: a command once, with when, who and the events that came of it."""
    return page(ctx, SQL.acts, ACT_SORTS, asked, id=asked.id)

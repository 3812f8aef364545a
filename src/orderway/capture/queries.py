"""Reading the inbox."""

import json
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext

from orderway.kernel.context import Reader
from orderway.kernel.paging import Page, page
from orderway.kernel.registry import query
from orderway.kernel.sql import statements

from .reasons import from_text, worded
from .rules import OPEN

SQL = statements("capture", "intake")
SORTS = {"newest": "i.id desc", "oldest": "i.id", "name": "i.name, i.id", "sender": "m.sender, i.id"}


@dataclass(frozen=True)
class InboxList:
    """Ask for what came in: what is open unless a state is named (or `all`), by channel, by words, one page."""

    state: str | None = None
    channel: str | None = None
    search: str | None = None
    sort: str = "newest"
    after: str | None = None
    size: int = 50


@query("capture.inbox", InboxList)
def inbox(ctx: Reader, asked: InboxList) -> Page:
    """What came in and how it stands, one page at a time."""
    states = None if asked.state == "all" else [asked.state] if asked.state else list(OPEN)
    found = page(ctx, SQL.list, SORTS, asked, states=states, channel=asked.channel, search=asked.search)
    return replace(found, rows=[_told(row) for row in found.rows])


def _told(row: Any) -> Any:
    """The row with its reasons as what they are, and in the language of who asks."""
    return row._replace(reasons=json.loads(row.reasons), reason=worded(from_text(row.reasons), gettext))


@dataclass(frozen=True)
class NoQuestion:
    """Nothing to narrow."""


@query("capture.counts", NoQuestion)
def counts(ctx: Reader, asked: NoQuestion) -> list[Any]:
    """How many inputs stand in which state."""
    return ctx.fetch(SQL.counts)


@dataclass(frozen=True)
class OneIntake:
    """Ask for one input by its id."""

    id: int


@query("capture.one", OneIntake)
def one(ctx: Reader, asked: OneIntake) -> Any:
    """One input with its message, what was read of it, and what is doubtful, or None."""
    row = ctx.one(SQL.one, id=asked.id)
    return _told(row) if row else None


@dataclass(frozen=True)
class OfOrder:
    """Ask for what belongs to one order."""

    id: int


@query("capture.originals", OfOrder)
def originals(ctx: Reader, asked: OfOrder) -> list[Any]:
    """The papers of the message that one order was read from, each in its newest version."""
    return ctx.fetch(SQL.read_from, order=asked.id)

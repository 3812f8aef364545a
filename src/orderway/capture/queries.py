"""Reading the inbox."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext

from orderway.kernel.context import Reader
from orderway.kernel.paging import Page, page
from orderway.kernel.registry import query
from orderway.kernel.sql import statements
from orderway.workflow.acts import Refused

from . import touches
from .drafts import DRAFT
from .exceptions import CODES, OTHER, actions_of, kind_of
from .reasons import from_text, worded
from .refusing import IntakeLeaves, judges
from .rules import OPEN

__all__ = ["touches"]
SQL = statements("capture", "intake")
CONTACTS = statements("capture", "contacts")
CONTACT_SORTS = {"newest": "x.at desc, x.kind, x.id desc", "who": "x.who, x.at, x.kind, x.id"}
REFUSING = statements("capture", "refusing")
EXCEPTIONS = statements("capture", "exceptions")
EXCEPTION_SORTS = {
    "oldest": "x.since, x.source, x.id, x.code",
    "newest": "-extract(epoch from x.since), x.source, x.id, x.code",
    "about": "label, x.source, x.id, x.code",
}
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


@query("capture.why_not", OneIntake)
def why_not(ctx: Reader, asked: OneIntake) -> Refused | None:
    """Which acts on an input would be refused now and on what that rests; None for an unknown one."""
    row = ctx.one(REFUSING.leaves, id=asked.id)
    if row is None:
        return None
    draft = DRAFT.validate_json(row.draft) if row.draft else None
    return judges.told(IntakeLeaves(**{**row._asdict(), "draft": draft}))


@dataclass(frozen=True)
class OfOrder:
    """Ask for what belongs to one order."""

    id: int


@query("capture.originals", OfOrder)
def originals(ctx: Reader, asked: OfOrder) -> list[Any]:
    """The papers of the message that one order was read from, each in its newest version."""
    return ctx.fetch(SQL.read_from, order=asked.id)


@dataclass(frozen=True)
class ExceptionList:
    """Ask what stands in the way of orders: of one kind only, by words, or the one of an id on the desk."""

    kind: str | None = None
    words: str | None = None
    desk: int | None = None
    sort: str = "newest"
    after: str | None = None
    size: int = 50


class Standing(NamedTuple):
    """Something that stands in the way: its kind, the code and facts of its cause, what it is about, and the commands that settle it.

    `source` says where it came up: `intake`, `finding`, `short` (goods lack), `payment` (charged back) or `desk` (a step, a mail or what
    follows from an event stopped); `id` is its id there, `stopped` the id that the refused command was given or the invoice.
    """

    source: str
    id: int
    kind: str
    code: str
    facts: Mapping[str, Any]
    subject_type: str
    subject_id: int
    stopped: int
    label: str
    customer: str
    currency: str
    command: str
    since: datetime
    actions: Sequence[str]


@query("capture.exceptions", ExceptionList, roles=["manager", "accountant", "purchasing", "administrator", "auditor"])
def exceptions(ctx: Reader, asked: ExceptionList) -> Page:
    """What stands in the way of orders, each with its kind, its cause and the commands that may settle it.

    `words` are looked for in what it is about, its customer and the facts of its cause.
    """
    known = [code for codes in CODES.values() for code in codes]
    narrowed = {
        "codes": None if asked.kind in (None, OTHER) else list(CODES.get(asked.kind or "", ())),
        "others": known if asked.kind == OTHER else None,
        "words": (asked.words or "").strip() or None,
        "desk": True if asked.desk else None,
        "id": asked.desk,
    }
    found = page(ctx, EXCEPTIONS.list, EXCEPTION_SORTS, asked, **narrowed)
    return replace(found, rows=[_standing(row) for row in found.rows])


def _standing(row: Any) -> Standing:
    told = json.loads(row.facts)
    return Standing(
        row.source,
        row.id,
        kind_of(row.code),
        row.code,
        told if isinstance(told, dict) else {"reasons": told},
        row.subject_type,
        row.subject_id,
        row.stopped,
        row.label,
        row.customer,
        row.currency or "",
        row.command,
        row.since,
        actions_of(row.source, row.code, row.state),
    )


@dataclass(frozen=True)
class Contacts:
    """Ask for what passed between a customer and us: by words, or of one kind (in, out, note, order)."""

    customer: int
    search: str | None = None
    kind: str | None = None
    sort: str = "newest"
    after: str | None = None
    size: int = 50


@query("capture.contacts", Contacts)
def contacts(ctx: Reader, asked: Contacts) -> Page:
    """Everything that passed between a customer and us, one page at a time.

    `kind` in: what came through the door; out: our mails; note: what a colleague wrote on an order; order: an order taken without
    a message, `what` being its channel. `id` is that of the input, message, event or order.
    """
    narrowed = {"customer": asked.customer, "search": asked.search, "kind": asked.kind}
    return page(ctx, CONTACTS.list, CONTACT_SORTS, asked, **narrowed)

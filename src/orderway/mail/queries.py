"""Reading messages."""

from dataclasses import dataclass
from typing import Any

from orderway.kernel.context import Reader
from orderway.kernel.paging import Page, page
from orderway.kernel.registry import query
from orderway.kernel.sql import statements

SQL = statements("mail", "messages")
SORTS = {"newest": "m.id desc", "subject": "m.subject, m.id", "sender": "m.sender, m.id"}


@dataclass(frozen=True)
class MessageList:
    """Ask for messages: `in` or `out`, by state (`ready` is what still lies in the outbox), by words, or those about a subject."""

    direction: str | None = None
    state: str | None = None
    search: str | None = None
    subject_type: str = "order"
    subject_id: int | None = None
    sort: str = "newest"
    after: str | None = None
    size: int = 50


@query("mail.list", MessageList)
def list_messages(ctx: Reader, asked: MessageList) -> Page:
    """Messages in and out, one page at a time."""
    return page(
        ctx,
        SQL.list,
        SORTS,
        asked,
        direction=asked.direction,
        state=asked.state,
        search=asked.search,
        subject_type=asked.subject_type,
        subject_id=asked.subject_id,
    )


@dataclass(frozen=True)
class About:
    """Ask for the messages about a subject, for example an order."""

    subject_type: str
    subject_id: int


@query("mail.about", About)
def about(ctx: Reader, asked: About) -> list[Any]:
    """All messages about a subject with what they say, the oldest first."""
    return ctx.fetch(SQL.about, subject_type=asked.subject_type, subject_id=asked.subject_id)


@dataclass(frozen=True)
class OneMessage:
    """Ask for one message by its id."""

    id: int


@query("mail.one", OneMessage)
def one_message(ctx: Reader, asked: OneMessage) -> Any:
    """Everything about one message, or None."""
    return ctx.one(SQL.one, id=asked.id)


@query("mail.attachments", OneMessage)
def attachments(ctx: Reader, asked: OneMessage) -> list[Any]:
    """The files that go out with one message, in order: name, media type, SHA-256."""
    return ctx.fetch(SQL.enclosed, id=asked.id)

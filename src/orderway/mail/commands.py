"""Messages: taking them in, writing them, and noting how their sending went. Nothing is sent here: jobs.py does that."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from procrastinate.contrib.django import app
from procrastinate.jobs import Job

from orderway.documents.commands import AddDocument, OpenParcel
from orderway.kernel import desk
from orderway.kernel.context import Context
from orderway.kernel.events import Fact
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import Ref, command, subject
from orderway.kernel.sql import columns, statements

from .rules import LAST_TRY, MOST_UNANSWERED, MOVES, is_address

SQL = statements("mail", "messages")
subject("message", "message", message_attachment="message_id")
# the same table: what happens to a message about an order stands on the order's page
subject("order_message", "message", "order", "subject_id", message_attachment="message_id")
SENDING = ("state", "error", "tries", "unanswered", "sent_at", "sha256")


@dataclass(frozen=True)
class Inbound:
    """A message that came in; its raw bytes lie in the store under `sha256`. `external_id` is its Message-ID where it has one."""

    channel: str
    name: str
    media_type: str
    sha256: str
    external_id: str = ""
    sender: str = ""
    recipients: Sequence[str] = ()
    subject: str = ""
    text: str = ""
    sent_at: datetime | None = None


class Received(NamedTuple):
    """Where an inbound message lies: its id, parcel and original document. `new` is False when it was here before."""

    id: int
    parcel: int
    document: int
    new: bool


def receive(ctx: Context, rows: Sequence[Inbound]) -> list[Received]:
    """Take messages in, each with a parcel that holds the original, sealed. For the floors above, within their own commands.

    The same Message-ID or the same bytes are not taken twice: the answer then names the message that is here.
    """
    names = ("channel", "external_id", "sha256", "sender", "subject", "text", "sent_at")
    recipients = [" ".join("".join(address.split()) for address in row.recipients) for row in rows]
    fresh = [row.id for row in ctx.fetch(SQL.insert_received, recipients=recipients, **columns(rows, *names))]
    found = {row.place: row for row in ctx.fetch(SQL.received, **columns(rows, "external_id", "sha256"))}
    first = {row.id: place for place, row in sorted(found.items(), reverse=True) if row.id in set(fresh)}
    originals = _file(ctx, [(id, rows[first[id]]) for id in fresh]) if fresh else {}
    answers = []
    for place, row in sorted(found.items()):
        parcel, document = originals.get(row.id, (row.parcel_id, row.document_id))
        answers.append(Received(row.id, parcel, document, first.get(row.id) == place))
    return answers


def _file(ctx: Context, messages: Sequence[tuple[int, Inbound]]) -> dict[int, tuple[int, int]]:
    """A parcel with the sealed original for each new message."""
    ids = [id for id, _ in messages]
    parcels = ctx.run("documents.open_parcel", [OpenParcel("message")] * len(ids)).done
    ctx.fetch(SQL.file, id=ids, parcel=list(parcels))
    originals = [
        AddDocument(
            parcel, row.sha256, row.media_type, row.name, "message", seal=True, subject_type="message", subject_id=id
        )
        for (id, row), parcel in zip(messages, parcels, strict=True)
    ]
    documents = ctx.run("documents.add", originals).done
    ctx.record_new("message.received", "message", ids)
    return {id: (parcel, document) for id, parcel, document in zip(ids, parcels, documents, strict=True)}


def note_texts(ctx: Context, texts: Mapping[int, str]) -> None:
    """Keep what inbound messages say, once they were opened. For the floors above, within their own commands."""
    if texts:
        ctx.fetch(SQL.note_text, id=list(texts), text=list(texts.values()))
        facts = [Fact(id, id, {"text": ""}, {"text": text}) for id, text in texts.items()]
        ctx.record("message.opened", "message", facts)


@dataclass(frozen=True)
class WriteMessage:
    """A mail to write. `once` names what it is for: the same purpose is written one time only.

    `documents` go along in their newest version. `subject_type` and `subject_id` say what it is about (order, …), `language` in
    which language it is written.
    """

    recipients: Sequence[str]
    subject: str
    text: str
    once: str = ""
    documents: Sequence[int] = field(default_factory=tuple)
    parcel: int | None = None
    subject_type: str = ""
    subject_id: int | None = None
    language: str = "en"


@command("mail.write", row=WriteMessage, roles=["manager", "accountant", "purchasing", "administrator"])
def write(ctx: Context, rows: Sequence[WriteMessage]) -> Outcome:
    """Write mails into the outbox; they are sent from there. What was written for the same purpose before stands."""
    earlier = {row.once: row.id for row in ctx.fetch(SQL.written, once=[row.once for row in rows])}
    wanted = sorted({document for row in rows for document in row.documents})
    versions = {row.document_id: row.id for row in ctx.fetch(SQL.newest_versions, ids=wanted)}
    refused = [r for i, row in enumerate(rows) if row.once not in earlier and (r := _unfit(i, row, versions))]
    out = {refusal.subject for refusal in refused}
    if ctx.halts(refused):
        return Outcome(refused=refused)
    first: dict[object, int] = {}  # the row that writes a mail, of all in this set with the same purpose
    for i, row in enumerate(rows):
        if i not in out and row.once not in earlier:
            first.setdefault(row.once or i, i)
    new = list(first.values())
    written = dict(zip(new, _write(ctx, [rows[i] for i in new], versions), strict=True)) if new else {}
    done = [earlier.get(row.once) or written[first[row.once or i]] for i, row in enumerate(rows) if i not in out]
    return Outcome(done, refused)


def _unfit(index: int, row: WriteMessage, versions: Mapping[int, int]) -> Refusal | None:
    if not row.recipients:
        return Refusal("recipient-missing", index)
    if wrong := [address for address in row.recipients if not is_address(address)]:
        return Refusal("no-mail-address", index, {"address": wrong[0]})
    if not row.subject.strip() or not row.text.strip():
        return Refusal("mail-empty", index)
    if lacking := [document for document in row.documents if document not in versions]:
        return Refusal("unknown-document", index, {"document": lacking[0]})
    return None


def _write(ctx: Context, rows: Sequence[WriteMessage], versions: Mapping[int, int]) -> list[int]:
    own = ctx.one(SQL.own_address)
    sender = own.email or settings.DEFAULT_FROM_EMAIL
    ids = [
        row.id
        for row in ctx.fetch(
            SQL.insert_written,
            sender=sender,
            external_id=[_new_id(sender) for _ in rows],
            recipients=[" ".join(row.recipients) for row in rows],
            **columns(rows, "once", "subject", "text", "language", "parcel", "subject_type", "subject_id"),
        )
    ]
    enclosed = [
        (id, versions[document], position)
        for id, row in zip(ids, rows, strict=True)
        for position, document in enumerate(row.documents, 1)
    ]
    ctx.fetch(
        SQL.insert_attachments,
        message=[message for message, _, _ in enclosed],
        version=[version for _, version, _ in enclosed],
        position=[position for _, _, position in enclosed],
    )
    _record_new(ctx, "message.written", [(id, row.subject_type) for id, row in zip(ids, rows, strict=True)])
    return ids


def _new_id(sender: str) -> str:
    return f"{uuid.uuid4()}@{sender.rpartition('@')[2] or 'localhost'}"


def _record_new(ctx: Context, event: str, messages: Sequence[tuple[int, str]]) -> None:
    about_orders = [id for id, about in messages if about == "order"]
    ctx.record_new(event, "order_message", about_orders)
    ctx.record_new(event, "message", [id for id, about in messages if about != "order"])


def _record(ctx: Context, event: str, messages: Sequence[Any], new: Mapping[int, Mapping[str, Any]]) -> None:
    def fact(message: Any, root: int) -> Fact:
        changed = {k: v for k, v in new[message.id].items() if v != getattr(message, k)}
        says = {"subject": message.subject, "to": list(message.recipients)}
        return Fact(message.id, root, {name: getattr(message, name) for name in changed}, changed, says)

    about_orders = [m for m in messages if m.subject_type == "order"]
    ctx.record(event, "order_message", [fact(m, m.subject_id) for m in about_orders])
    ctx.record(event, "message", [fact(m, m.id) for m in messages if m.subject_type != "order"])


def move(ctx: Context, event: str, messages: Sequence[Any], new: Mapping[int, Mapping[str, Any]]) -> None:
    """Write and record the sending columns that change, of locked messages. For this package."""
    full = [{name: new[m.id].get(name, getattr(m, name)) for name in SENDING} for m in messages]
    ids = [message.id for message in messages]
    ctx.fetch(SQL.move, id=ids, **{name: [row[name] for row in full] for name in SENDING})
    _record(ctx, event, messages, new)


def _lock(ctx: Context, verb: str, ids: Sequence[int]) -> tuple[list[Any], list[Refusal]]:
    found = {message.id: message for message in ctx.fetch(SQL.lock, ids=list(ids))}
    refused = [Refusal("unknown-message", id) for id in ids if id not in found]
    wrong = [m for m in found.values() if m.state not in MOVES[verb]]
    refused += [Refusal("wrong-message-state", m.id, {"state": m.state}) for m in wrong]
    return [m for m in found.values() if m.state in MOVES[verb]], refused


@command("mail.hand_over")
def hand_over(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """Queue the sending of mails that lie ready; without a mail server they are kept in the outbox. Only a reaction does this."""
    ready, _ = _lock(ctx, "send", [row.id for row in rows])
    if ready and settings.EMAIL_HOST and not ctx.dry:
        company = ctx.actor.company_id
        jobs = [_job(company, message.id) for message in ready]
        app.job_manager.batch_defer_jobs(jobs)
    return Outcome([row.id for row in rows])


def _job(company: int, message: int) -> Job:
    # the lock: two jobs of one message never run beside each other
    return Job(
        task_name="mail.send",
        queue="send",
        lock=f"message-{message}",
        queueing_lock=None,
        task_kwargs={"company": company, "message": message},
    )


@command("mail.begin_send")
def begin_send(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """Note that the delivery of mails begins; one that was begun twice and never heard of again is refused and goes to a person."""
    ready, refused = _lock(ctx, "send", [row.id for row in rows])
    lost = [message for message in ready if message.unanswered >= MOST_UNANSWERED]
    may = [message for message in ready if message.unanswered < MOST_UNANSWERED]
    new: dict[int, dict[str, Any]] = {m.id: {"unanswered": m.unanswered + 1} for m in may}
    new |= {m.id: {"state": "failed", "error": "perhaps-delivered"} for m in lost}
    if may:
        move(ctx, "message.begun", may, new)
    if lost:
        move(ctx, "message.failed", lost, new)
        _to_desk(ctx, lost, "perhaps-delivered")
    return Outcome([m.id for m in may], [*refused, *(Refusal("perhaps-delivered", m.id) for m in lost)])


@dataclass(frozen=True)
class NoteSent:
    """A mail that the server took: the hash of what went over the wire, and what the server said of recipients it did not take."""

    id: int
    sha256: str
    error: str = ""


@command("mail.note_sent", row=NoteSent)
def note_sent(ctx: Context, rows: Sequence[NoteSent]) -> Outcome:
    """Note that mails were taken by the mail server; only the sending job does this."""
    sent = {row.id: row for row in rows}
    ready, refused = _lock(ctx, "send", list(sent))
    if ctx.halts(refused) or not ready:
        return Outcome(refused=refused)
    new = {
        id: {"state": "sent", "sent_at": ctx.at, "sha256": row.sha256, "error": row.error, "unanswered": 0}
        for id, row in sent.items()
    }
    move(ctx, "message.sent", ready, new)
    return Outcome([message.id for message in ready], refused)


@dataclass(frozen=True)
class NoteFailed:
    """A mail that was not delivered and why. `final` when no repeat can help; `unanswered` when the server may have it after all."""

    id: int
    error: str
    final: bool = False
    unanswered: bool = False


@command("mail.note_failed", row=NoteFailed)
def note_failed(ctx: Context, rows: Sequence[NoteFailed]) -> Outcome:
    """Note that mails were not delivered; `again` names those still to be tried, the others are on the desk."""
    said = {row.id: row for row in rows}
    ready, refused = _lock(ctx, "send", list(said))
    if ctx.halts(refused) or not ready:
        return Outcome(refused=refused)
    given_up = [m for m in ready if said[m.id].final or m.tries + 1 >= LAST_TRY]
    lost = {m.id for m in given_up}
    again = [m for m in ready if m.id not in lost]
    new: dict[int, dict[str, Any]] = {}
    for message in ready:
        row = said[message.id]
        open_ends = message.unanswered if row.unanswered else max(message.unanswered - 1, 0)
        new[message.id] = {"tries": message.tries + 1, "error": row.error[:500], "unanswered": open_ends}
        new[message.id] |= {"state": "failed"} if message.id in lost else {}
    if again:
        move(ctx, "message.put_off", again, new)
    if given_up:
        move(ctx, "message.failed", given_up, new)
        _to_desk(ctx, given_up, "not-delivered", {id: row.error for id, row in said.items()})
    return Outcome([m.id for m in ready], refused, {"again": [m.id for m in again]})


def _to_desk(ctx: Context, messages: Sequence[Any], code: str, errors: Mapping[int, str] | None = None) -> None:
    facts = {
        m.id: {"to": ", ".join(m.recipients), "subject": m.subject, "error": (errors or {}).get(m.id, m.error)}
        for m in messages
    }
    desk.put(ctx.actor.company_id, "mail.resend", [(code, None, id, told) for id, told in facts.items()])


@command("mail.resend", roles=["manager", "accountant", "purchasing", "administrator"])
def resend(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """Send mails again: one that waits or failed under its own Message-ID, one that was sent as a new copy."""
    found = {message.id: message for message in ctx.fetch(SQL.lock, ids=[row.id for row in rows])}
    refused = [Refusal("unknown-message", row.id) for row in rows if row.id not in found]
    if ctx.halts(refused):
        return Outcome(refused=refused)
    waiting = [m for m in found.values() if m.state in MOVES["resend"]]
    if waiting:
        fresh = {"state": "ready", "error": "", "tries": 0, "unanswered": 0}
        move(ctx, "message.resent", waiting, {m.id: fresh for m in waiting})
        told = ctx.fetch(SQL.on_desk, ids=[m.id for m in waiting])
        desk.close(ctx.actor.company_id, [], [one.id for one in told])
    sent = [m.id for m in found.values() if m.state in MOVES["copy"]]
    if sent:
        own = ctx.one(SQL.own_address)
        ids = [_new_id(own.email or settings.DEFAULT_FROM_EMAIL) for _ in sent]
        copies = ctx.fetch(SQL.copy, id=sent, external_id=ids)
        _record_new(ctx, "message.written", [(copy.id, copy.subject_type) for copy in copies])
    return Outcome([row.id for row in rows if row.id in found], refused)

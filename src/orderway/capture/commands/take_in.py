"""Taking in: the raw input is stored before anything is made of it; then its reading is queued."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from procrastinate.contrib.django import app
from procrastinate.jobs import Job

from orderway.documents.commands import AddDocument, stored
from orderway.kernel.context import Context
from orderway.kernel.events import Fact
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import Ref, command, subject
from orderway.kernel.sql import statements
from orderway.mail import commands as mail

from ..refusing import in_state
from ..rules import worth_reading

SQL = statements("capture", "intake")
subject("intake", "intake", "message", "message_id")
DESK = ["manager", "purchasing", "administrator"]
TOGETHER = 10  # files a reading job takes to one child process


@command("capture.receive", row=mail.Inbound, roles=DESK)
def receive(ctx: Context, rows: Sequence[mail.Inbound]) -> Outcome:
    """Take in files and mails whose raw bytes lie in the store; what was here before is not taken twice.

    Answers the ids of the messages; `new` holds those that were not here before.
    """
    refused = [
        Refusal("unknown-content", index, {"sha256": row.sha256})
        for index, row in enumerate(rows)
        if not row.name.strip() or stored(ctx, row.sha256) is None
    ]
    out = {refusal.subject for refusal in refused}
    kept = [row for index, row in enumerate(rows) if index not in out]
    if ctx.halts(refused) or not kept:
        return Outcome(refused=refused)
    taken = mail.receive(ctx, kept)
    fresh = [(received, row) for received, row in zip(taken, kept, strict=True) if received.new]
    if fresh:
        _insert(ctx, [(received.id, received.document, row.name) for received, row in fresh])
    return Outcome([received.id for received in taken], refused, {"new": [received.id for received, _ in fresh]})


@command("capture.queue_reading")
def queue_reading(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """Queue the reading of what came in. Only a reaction does this."""
    if not ctx.dry:
        ids = [row.id for row in rows]
        app.job_manager.batch_defer_jobs(
            [reading_job(ctx.actor.company_id, ids[at : at + TOGETHER]) for at in range(0, len(ids), TOGETHER)]
        )
    return Outcome([row.id for row in rows])


def reading_job(company: int, intakes: Sequence[int]) -> Job:
    """The job that reads inputs of a company."""
    return Job(
        task_name="capture.read",
        queue="read",
        lock=None,
        queueing_lock=None,
        task_kwargs={"company": company, "intakes": list(intakes)},
    )


@dataclass(frozen=True)
class PackedFile:
    """A file out of a message; its bytes lie in the store."""

    name: str
    media_type: str
    sha256: str


@dataclass(frozen=True)
class UnpackMail:
    """A mail with its plain text and the files in it, those of nested messages too."""

    id: int
    text: str
    files: Sequence[PackedFile]


@command("capture.unpack", row=UnpackMail)
def unpack(ctx: Context, rows: Sequence[UnpackMail]) -> Outcome:
    """Put the files of mails into their parcels; each that may be an order is read on its own. Only the reading job does this."""
    given = {row.id: row for row in rows}
    may, refused = lock(ctx, "unpack", list(given))
    if ctx.halts(refused) or not may:
        return Outcome(refused=refused)
    mail.note_texts(ctx, {intake.message_id: given[intake.id].text for intake in may if given[intake.id].text})
    packed = [(intake, file) for intake in may for file in given[intake.id].files]
    documents = ctx.run(
        "documents.add",
        [
            AddDocument(
                intake.message_parcel_id, file.sha256, file.media_type, file.name, "attachment",
                seal=True, subject_type="message", subject_id=intake.message_id,
            )
            for intake, file in packed
        ],
    ).done  # fmt: skip
    readable = [
        (intake, file, document)
        for (intake, file), document in zip(packed, documents, strict=True)
        if worth_reading(file.media_type, file.name)
    ]
    first = {intake.id: (intake, file, document) for intake, file, document in reversed(readable)}
    _replace(ctx, list(first.values()))
    rest = [(i, file, document) for i, file, document in readable if first[i.id][2] != document]
    if rest:
        _insert(ctx, [(intake.message_id, document, file.name) for intake, file, document in rest])
    return Outcome([intake.id for intake in may], refused, {"unreadable": [i.id for i in may if i.id not in first]})


def _replace(ctx: Context, files: Sequence[tuple[Any, PackedFile, int]]) -> None:
    if not files:
        return
    ids = [intake.id for intake, _, _ in files]
    ctx.fetch(SQL.unpacked, id=ids, document=[d for _, _, d in files], name=[file.name for _, file, _ in files])
    facts = [
        Fact(
            intake.id,
            intake.message_id,
            {"document_id": intake.document_id, "name": intake.name},
            {"document_id": document, "name": file.name},
        )
        for intake, file, document in files
    ]
    ctx.record("intake.unpacked", "intake", facts)


def _insert(ctx: Context, files: Sequence[tuple[int, int, str]]) -> None:
    """An intake for each (message, document, name), to be read. What is read of it follows from the original: events leave it out."""
    ids = ctx.fetch(
        SQL.insert,
        message=[message for message, _, _ in files],
        document=[document for _, document, _ in files],
        name=[name for _, _, name in files],
    )
    facts = [
        Fact(
            row.id,
            message,
            new={"message_id": message, "document_id": document, "name": name, "position": 1, "state": "received"},
        )
        for row, (message, document, name) in zip(ids, files, strict=True)
    ]
    ctx.record("intake.received", "intake", facts)


def lock(ctx: Context, verb: str, ids: Sequence[int]) -> tuple[list[Any], list[Refusal]]:
    """Lock intakes in key order and split them by the table of moves."""
    found = {intake.id: intake for intake in ctx.fetch(SQL.lock, ids=list(ids))}
    refused = [Refusal("unknown-intake", id) for id in ids if id not in found]
    wrong = {intake.id: no for intake in found.values() for no in in_state(verb, intake)}
    return [intake for intake in found.values() if intake.id not in wrong], [*refused, *wrong.values()]

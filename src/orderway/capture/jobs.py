"""The reading of what came in: mails are unpacked, files read in a child process that may die."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from orderway.documents.store import Damaged, store
from orderway.kernel import clock
from orderway.kernel.access import system_actor
from orderway.kernel.context import Reader
from orderway.kernel.running import run
from orderway.kernel.sql import statements
from orderway.mail.bounces import Report

from .commands.read import ReadInput
from .commands.report import DeliveryReport
from .commands.take_in import PackedFile, UnpackMail, reading_job
from .readers import delivery_status, mail
from .readers.jail import read_all_apart
from .reasons import remark

SQL = statements("capture", "intake")
MAIL = "message/rfc822"
DEEPEST = 5  # messages within messages
LAST_TRY = 8
log = structlog.get_logger()


@app.task(
    name="capture.read", queue="read", pass_context=True, retry=RetryStrategy(max_attempts=LAST_TRY, exponential_wait=3)
)
def read(context: JobContext, company: int, intakes: list[int]) -> None:
    """Read these inputs of a company, as far as they are still to be read. One that breaks the job goes to a person in the end."""
    try:
        read_inputs(company, intakes)
    except (OperationalError, InterfaceError):
        raise  # the database went away: the job is run again
    except Exception as error:
        reader = Reader(system_actor(company), clock.now())
        left = [row.id for row in reader.fetch(SQL.to_read, ids=intakes)]
        if len(left) > 1:
            log.warning("reading broke off", intakes=left, exc_info=error)
            app.job_manager.batch_defer_jobs([reading_job(company, [id]) for id in left])
            return
        if left and context.job and context.job.attempts + 1 >= LAST_TRY:
            why = remark("broke-off", said=f"{type(error).__name__}: {str(error)[:300]}")
            _note(reader, ReadInput(left[0], "review", "unread", [why]))
        raise


def read_inputs(company: int, intakes: Sequence[int]) -> None:
    """Read these inputs now."""
    reader = Reader(system_actor(company), clock.now())
    rows = reader.fetch(SQL.to_read, ids=list(intakes))
    contents: dict[int, bytes] = {}
    for row in rows:
        try:
            contents[row.id] = store().read(company, row.sha256)
        except (FileNotFoundError, Damaged) as error:
            _note(reader, ReadInput(row.id, "review", "unread", [remark("original-damaged", said=str(error))]))
    there = [row for row in rows if row.id in contents]
    for row in there:
        if row.media_type == MAIL:
            _unpack(reader, row.id, contents[row.id])
    files = sorted((row for row in there if row.media_type != MAIL), key=lambda row: str(row.sender))
    for sender, group in groupby(files, key=lambda row: str(row.sender)):
        _read_files(reader, sender, list(group), contents)


def _note(reader: Reader, row: ReadInput) -> None:
    run("capture.read", reader.actor, [row], partial=True)


def _read_files(reader: Reader, sender: str, rows: Sequence[Any], contents: dict[int, bytes]) -> None:
    """Read the files of one sender with what their headings mean; each is kept at once, so that a death costs one only."""
    mapping = {row.heading: row.field for row in reader.fetch(SQL.columns_of, sender=sender)}
    readings = read_all_apart(((row.name, contents[row.id]) for row in rows), mapping or None)
    for row, reading in zip(rows, readings, strict=True):
        _note(reader, ReadInput(row.id, reading.status, reading.kind, reading.reasons, reading.drafts))


def _unpack(reader: Reader, id: int, raw: bytes) -> None:
    letter = mail.read(raw)
    if (report := delivery_status.read(raw)) and _filed(reader, id, letter.text, report):
        return
    company = reader.actor.company_id
    packed = [
        PackedFile(file.name, file.media_type, store().keep(company, file.data).sha256) for file in files_in(letter)
    ]
    outcome = run("capture.unpack", reader.actor, [UnpackMail(id, letter.text, packed)], partial=True)
    if id in outcome.values.get("unreadable", ()):
        _note(reader, ReadInput(id, "review", "mail", [remark("no-attachment")]))


def _filed(reader: Reader, id: int, text: str, report: Report) -> bool:
    """Whether a report about a mail was filed with that mail; else it is a message as any other."""
    row = DeliveryReport(id, text, report.message_id, report.said)
    return bool(run("capture.file_report", reader.actor, [row], partial=True).done)


def files_in(letter: mail.Mail, depth: int = 1) -> Iterator[mail.Attachment]:
    """The files of a message and of the messages in it; one that is nested too deep stays a file."""
    for file in letter.attachments:
        if file.media_type == MAIL and depth < DEEPEST:
            yield from files_in(mail.read(file.data), depth + 1)
        elif file.data:
            yield file

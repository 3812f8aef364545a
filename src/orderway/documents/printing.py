"""Papers are made by a job after the event that calls for them, and filed in the parcel. Making one again changes nothing."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.jobs import Job

from orderway.kernel import clock, desk
from orderway.kernel.access import system_actor
from orderway.kernel.context import Context, Reader
from orderway.kernel.events import Fact
from orderway.kernel.outcome import Outcome
from orderway.kernel.registry import Ref, command, react
from orderway.kernel.running import run
from orderway.kernel.sql import statements
from orderway.people.queries import company

from .commands import AddDocument, add, writable
from .papers import Letter, Letterhead, template_version
from .store import store

SQL = statements("documents", "printing")
LAST_TRY = 5
PDF = "application/pdf"
LANGUAGES = ("de", "en")


@dataclass(frozen=True, slots=True)
class Printed:
    """A finished paper: which parcel it goes into, under which name, by which template; a sealed one can never change again."""

    parcel: int
    name: str
    content: bytes
    template: Path
    sealed: bool = False


Maker = Callable[[Reader, int], Sequence[Printed]]
makers: dict[str, tuple[str, Maker]] = {}


def print_after(events: Sequence[str], kind: str, subject: str, make: Maker) -> None:
    """After any of `events` (about `subject`), let a job make the papers of `kind` and file them in the parcel."""
    makers[kind] = (subject, make)
    words = kind.replace("_", " ")

    def hand_over(ctx: Context, rows: Sequence[Ref]) -> Outcome:
        if not ctx.dry:
            jobs = [_job(ctx.actor.company_id, kind, row.id) for row in rows]
            app.job_manager.batch_defer_jobs(jobs)
        return Outcome([row.id for row in rows])

    hand_over.__doc__ = f"Queue the making of the {words}; only a reaction does this."
    command(f"papers.{kind}")(hand_over)
    for event in events:
        react(event, f"papers.{kind}")


def _job(company: int, kind: str, subject: int) -> Job:
    # the lock: two jobs of one paper never run beside each other
    return Job(
        task_name="documents.make_paper",
        queue="paper",
        lock=f"{kind}-{subject}",
        queueing_lock=None,
        task_kwargs={"company": company, "kind": kind, "subject": subject},
    )


@app.task(
    name="documents.make_paper",
    queue="paper",
    pass_context=True,
    retry=RetryStrategy(max_attempts=LAST_TRY, exponential_wait=4),
)
def make_paper(context: JobContext, company: int, kind: str, subject: int) -> None:
    """Make the papers of one subject and file them; what cannot be made ends on the desk after the last try."""
    try:
        file(company, kind, subject)
    except Exception as error:
        if context.job and context.job.attempts + 1 >= LAST_TRY:
            reason = {"kind": kind, "error": f"{type(error).__name__}: {error}"[:500]}
            desk.put(company, f"papers.{kind}", [("not-printed", None, subject, reason)])
        raise


def file(company: int, kind: str, subject: int) -> None:
    """Make the papers of `kind` for one subject now, and file them."""
    subject_type, make = makers[kind]
    actor = system_actor(company)
    printed = make(Reader(actor, clock.now()), subject)
    rows = [
        FilePaper(p.parcel, kind, p.name, kept, subject_type, subject, p.sealed, template_version(p.template))
        for p in printed
        for kept in [store().keep(company, p.content).sha256]
    ]
    if rows:
        run("documents.file_papers", actor, rows)


def letter(ctx: Reader, language: str, number: str, on: date, to: Sequence[str], parcel: str, customer: str) -> Letter:
    """The frame of a paper of the actor's company. `language` falls back to English where we print none other."""
    own = company(ctx)
    sender = Letterhead(
        name=own.name,
        street=own.street,
        place=f"{own.postcode} {own.city}".strip(),
        country=own.country,
        phone=own.phone,
        email=own.email,
        vat_id=own.vat_id,
        tax_number=own.tax_number,
        iban=own.iban,
        bic=own.bic,
    )
    printed_in = language if language in LANGUAGES else "en"
    return Letter(sender, printed_in, number, on, tuple(line for line in to if line.strip()), parcel, customer)


def file_name(template: Path, title: str, language: str, *numbers: str) -> str:
    """What a paper is called where it is filed, mailed and downloaded: its title as it stands on it, and its numbers.

    `title` is a key of the words beside `template`. "Invoice I26-00012.pdf"
    """
    said = _words(template.with_name("words.json"))[title]
    return " ".join([said.get(language) or said["en"], *numbers]).replace("/", "-") + ".pdf"


@cache
def _words(path: Path) -> Mapping[str, Mapping[str, str]]:
    words: Mapping[str, Mapping[str, str]] = json.loads(path.read_text("utf-8"))
    return words


def local_day(ctx: Reader, moment: datetime | None) -> date:
    """The day of a moment where the company is; today where none is given."""
    return (moment or ctx.at).astimezone(ZoneInfo(company(ctx).timezone)).date()


@dataclass(frozen=True)
class FilePaper:
    """A finished paper in the store, for the parcel of its subject. `template` is the version of what it was made by."""

    parcel: int
    kind: str
    name: str
    sha256: str
    subject_type: str
    subject_id: int
    seal: bool = False
    template: str = ""


@command("documents.file_papers", row=FilePaper)
def file_papers(ctx: Context, rows: Sequence[FilePaper]) -> Outcome:
    """File finished papers: new ones as documents, changed ones as versions, the same or sealed ones not again."""
    parcels = writable(ctx, [row.parcel for row in rows])
    there = {
        (old.kind, old.subject_type, old.subject_id, old.name): old
        for old in ctx.fetch(
            SQL.filed,
            kind=[row.kind for row in rows],
            subject_type=[row.subject_type for row in rows],
            subject_id=[row.subject_id for row in rows],
        )
    }
    fresh = []
    for row in rows:
        old = there.get((row.kind, row.subject_type, row.subject_id, row.name))
        if old is None or (old.sealed_at is None and old.sha256 != row.sha256 and old.parcel_id == parcels[row.parcel]):
            fresh.append(_document(row, parcels[row.parcel], old.id if old else None))
    if not fresh:
        return Outcome()
    outcome = add(ctx, fresh)
    templates = {(row.kind, row.subject_type, row.subject_id, row.name): row.template for row in rows}
    facts = [Fact(id, row.parcel, says=_says(row, templates)) for id, row in zip(outcome.done, fresh, strict=True)]
    ctx.record("paper.filed", "document", facts)
    return outcome


def _says(row: AddDocument, templates: Mapping[tuple[Any, ...], str]) -> dict[str, Any]:
    said = {"kind": row.kind, "subject_type": row.subject_type, "subject_id": row.subject_id}
    return said | {"template": templates[row.kind, row.subject_type, row.subject_id, row.name]}


def _document(row: FilePaper, parcel: int, document: int | None) -> AddDocument:
    return AddDocument(
        parcel=parcel,
        sha256=row.sha256,
        media_type=PDF,
        name=row.name,
        kind=row.kind,
        document=document,
        seal=row.seal,
        subject_type=row.subject_type,
        subject_id=row.subject_id,
    )

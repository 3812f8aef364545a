"""The booking of carriers: a job a booking, tried again with longer pauses, always under the same key."""

import json
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from procrastinate import BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.jobs import Job

from orderway.documents.store import store
from orderway.kernel import clock
from orderway.kernel.access import system_actor
from orderway.kernel.context import Reader
from orderway.kernel.running import run
from orderway.kernel.sql import statements

from . import carrying
from .carrying import NotBooked
from .commands.booking import LAST_TRY, NoteBooked, NoteNotBooked

SQL = statements("fulfilment", "booking")
PAUSE = 3  # seconds; each pause is so many times as long as the one before


class Later(BaseRetryStrategy):
    """After 3, 9, 27, 81 and 243 seconds, or when the carrier says if that is later."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """When the job runs again; None after the last try."""
        if job.attempts + 1 >= LAST_TRY:
            return None
        wait = exception.wait if isinstance(exception, NotBooked) else 0
        return RetryDecision(retry_in={"seconds": max(PAUSE ** (job.attempts + 1), wait)})


@app.task(name="fulfilment.book", queue="send", pass_context=True, retry=Later())
def book(context: JobContext, company: int, booking: int) -> None:
    """Ask the carrier; raises NotBooked when it is to be asked again later. A booking that breaks the job goes to a person in the end."""
    try:
        book_now(company, booking)
    except Exception as error:
        if context.job and context.job.attempts + 1 >= LAST_TRY:
            clear = isinstance(error, NotBooked) and not error.unanswered
            why = str(error) if isinstance(error, NotBooked) else f"{type(error).__name__}: {error}"
            last = NoteNotBooked(booking, why, final=True, unanswered=not clear)
            run("fulfilment.note_not_booked", system_actor(company), [last])
        raise


def book_now(company: int, booking: int, timeout: float = carrying.TIMEOUT) -> None:
    """Ask the carrier now, while the booking is wanted, and note what it answered."""
    actor = system_actor(company)
    row = Reader(actor, clock.now()).one(SQL.to_book, id=booking)
    if row is None:
        return
    token = str(settings.CARRIER_TOKENS.get(urlsplit(row.address).netloc, ""))
    try:
        answer = carrying.ask(row.address, token, row.key, told(row), timeout)
    except NotBooked as error:
        note = NoteNotBooked(booking, str(error), error.final, error.unanswered)
        if run("fulfilment.note_not_booked", actor, [note]).values.get("again"):
            raise
        return
    label = store().keep(company, answer.label).sha256 if answer.label else ""
    run("fulfilment.note_booked", actor, [NoteBooked(booking, answer.tracking, label)])


def told(row: Any) -> dict[str, Any]:
    """What a carrier is told of a shipment: weights in kilograms as text, countries by ISO 3166-1 alpha-2."""
    places = (("to", "ship"), ("from", "own"))
    addresses = {
        side: {name: getattr(row, f"{of}_{name}") for name in ("name", "street", "postcode", "city", "country")}
        for side, of in places
    }
    head = {"shipment": str(row.shipment_id), "order": row.order_number, "service": row.service}
    return {**head, **addresses, "instruction": row.instruction, "packages": json.loads(row.packages)}

"""The worker's own loop: let everything react and every map go on, bring closed parcels into the archive, then look again."""

import signal
import time
from types import FrameType

import structlog
from django.db import InterfaceError, OperationalError, close_old_connections, connection

from orderway.archive.closing import enter_closed
from orderway.archive.commands.root import TakeRoot
from orderway.kernel import clock, events, reacting
from orderway.kernel.access import system_actor
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask, run
from orderway.people.models import Company
from orderway.workflow.commands import notices, proceed

PAUSE = 0.15  # seconds between two looks; hot commands only write rows, nobody is woken
HOUR = 3600.0
LOOK_FOR_NOTICES = 1.0  # seconds between two looks for reminders and escalations that are due
LOOK_FOR_CLOSED = 2.0  # seconds between two looks for parcels to archive
AT_ONCE = 1  # parcels: making their archive forms takes a second each, and reactions must not wait longer
log = structlog.get_logger()


class Stop:
    """Asked to leave: the set at work is finished first."""

    def __init__(self) -> None:
        self.asked = False
        signal.signal(signal.SIGTERM, self._ask)
        signal.signal(signal.SIGINT, self._ask)

    def _ask(self, _signal: int, _frame: FrameType | None) -> None:
        self.asked = True


class Due:
    """When the duties that are not looked at every time come next (seconds of the monotonic clock)."""

    def __init__(self) -> None:
        self.hourly = 0.0
        self.closed = 0.0
        self.notices = 0.0


def work(stop: Stop) -> None:
    """Drain reactions and maps until asked to stop; when the database goes away, wait for it with longer and longer pauses."""
    pause, due = PAUSE, Due()
    while not stop.asked:
        try:
            taken = look(due)
            pause = PAUSE
        except (OperationalError, InterfaceError) as error:
            log.warning("database away", error=str(error), pause=pause)
            connection.close()
            taken, pause = 0, min(pause * 2, 10.0)
        if not taken:
            time.sleep(pause)
        close_old_connections()


def look(due: Due) -> int:
    """One round of all duties; returns how much was done, 0 when there was nothing to do."""
    if time.monotonic() >= due.hourly:
        events.ensure_partitions()
        take_roots()
        rank_orders()
        due.hourly = time.monotonic() + HOUR
    taken = reacting.drain() + proceed.drain()
    if time.monotonic() >= due.notices:
        taken += notices.drain()
        due.notices = time.monotonic() + LOOK_FOR_NOTICES
    if not taken and time.monotonic() >= due.closed:
        taken = archive_closed()
        if not taken:
            due.closed = time.monotonic() + LOOK_FOR_CLOSED
    return taken


def archive_closed() -> int:
    """Bring some closed parcels of each company into the archive; returns how many."""
    companies = Company.objects.values_list("pk", flat=True)
    return sum(len(enter_closed(company, AT_ONCE).done) for company in companies)


def take_roots() -> None:
    """Take the day's root over each company's archive, once a day (UTC); a day on which nothing was added has none."""
    for company in Company.objects.values_list("pk", flat=True):
        run("archive.root", system_actor(company), [TakeRoot()], key=f"daily-root/{company}/{clock.now():%Y-%m-%d}")


def rank_orders() -> None:
    """Give active orders the class that the published table gives them by now, as deadlines come nearer; once an hour."""
    for company in Company.objects.values_list("pk", flat=True):
        actor = system_actor(company)
        orders = ask("orders.by_table", actor)
        if orders:
            run("orders.rank", actor, [Ref(id) for id in orders])

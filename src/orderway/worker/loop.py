"""The worker's own loop: drain what is pending, then look again a moment later."""

import signal
import time
from types import FrameType

import structlog
from django.db import InterfaceError, OperationalError, close_old_connections, connection

from orderway.kernel import events, reacting

PAUSE = 0.15  # seconds between two looks; hot commands only write rows, nobody is woken
HOUR = 3600.0
log = structlog.get_logger()


class Stop:
    """Asked to leave: the set at work is finished first."""

    def __init__(self) -> None:
        self.asked = False
        signal.signal(signal.SIGTERM, self._ask)
        signal.signal(signal.SIGINT, self._ask)

    def _ask(self, _signal: int, _frame: FrameType | None) -> None:
        self.asked = True


def work(stop: Stop) -> None:
    """Drain reactions until asked to stop; when the database goes away, wait for it with longer and longer pauses."""
    pause, partitions_due = PAUSE, 0.0
    while not stop.asked:
        try:
            if time.monotonic() >= partitions_due:
                events.ensure_partitions()
                partitions_due = time.monotonic() + HOUR
            taken = reacting.drain()
            pause = PAUSE
        except (OperationalError, InterfaceError) as error:
            log.warning("database away", error=str(error), pause=pause)
            connection.close()
            taken, pause = 0, min(pause * 2, 10.0)
        if not taken:
            time.sleep(pause)
        close_old_connections()

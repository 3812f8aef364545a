"""The inlets that wait for something to come: the watched folder and the mailbox, each in a thread of its own."""

import signal
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import FrameType

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from orderway.capture import folder, imap
from orderway.capture.inlets import inlet_actor, receive
from orderway.kernel.access import Actor

LONGEST_PAUSE = 30.0
log = structlog.get_logger()
Inlet = Callable[[Callable[[], bool]], None]


def inlets_of(actor: Actor) -> dict[str, Inlet]:
    """The inlets that are set, by name."""
    found: dict[str, Inlet] = {}
    if settings.INLET_FOLDER:
        place = folder.Folder(Path(settings.INLET_FOLDER), actor)
        found["folder"] = lambda stopped: folder.watch(place, stopped)
    if settings.IMAP_HOST:
        box = imap.Mailbox(
            settings.IMAP_HOST,
            settings.IMAP_PORT,
            settings.IMAP_USER,
            settings.IMAP_PASSWORD,
            settings.IMAP_FOLDER,
            settings.IMAP_SECURITY,
        )
        found["mailbox"] = lambda stopped: imap.watch(box, partial(receive, actor, channel="imap"), stopped)
    return found


def watch() -> None:
    """Watch all inlets until SIGTERM or SIGINT. An inlet that ends for want of a database or a disk is started again."""
    stop = threading.Event()

    def ask(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask)
    signal.signal(signal.SIGINT, ask)
    threads = [
        threading.Thread(target=_keep, args=(name, inlet, stop), name=name)
        for name, inlet in inlets_of(inlet_actor()).items()
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _keep(name: str, inlet: Inlet, stop: threading.Event) -> None:
    pause = 1.0
    while not stop.is_set():
        try:
            inlet(stop.is_set)
        except (OSError, OperationalError, InterfaceError) as error:
            log.warning("inlet stopped", inlet=name, error=str(error), pause=pause)
            connection.close()
            stop.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
    connection.close()

"""Making archive forms in a child process with limits on memory and time, because papers from outside may be hostile.

Nothing of the database is imported here: the child knows none.
"""

import multiprocessing
import resource
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection

import pypdfium2
import structlog

from orderway.archive.forms import PICTURES, Form, Original, archive_form

MEMORY = 2 << 30  # bytes of address space: an A3 page at 300 dpi in colour needs 50 MB, a hostile one asks for more
SECONDS = 120.0  # a paper
log = structlog.get_logger()


def forms_apart(wanted: str, originals: Sequence[Original], seconds: float = SECONDS) -> list[Form]:
    """The forms of papers in the format `wanted`; a paper that breaks or exceeds the limits has none, the others have theirs."""
    able = [each for each in originals if each.media_type in {"application/pdf", *PICTURES}]
    made: list[Form] = []
    while able:
        with _child() as line:
            able = able[_serve(line, wanted, able, seconds, made) :]
    return made


def _serve(line: Connection, wanted: str, able: Sequence[Original], seconds: float, made: list[Form]) -> int:
    """Let one child make forms until it breaks; gives how many papers it is done with."""
    for done, original in enumerate(able):
        try:
            line.send((wanted, original))
            answer = line.recv() if line.poll(seconds) else "took too long"
        except (EOFError, OSError):
            answer = "the child process died"
        if isinstance(answer, Form):
            made.append(answer)
        elif answer is not None:
            log.warning("no archive form", version=original.version, wanted=wanted, reason=answer)
            return done + 1
    return len(able)


@contextmanager
def _child() -> Iterator[Connection]:
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=_work, args=(theirs,), daemon=True)
    process.start()
    theirs.close()
    try:
        yield ours
    finally:
        ours.close()
        process.kill()
        process.join()


def _work(line: Connection) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while True:
        try:
            wanted, original = line.recv()
        except EOFError:
            return
        try:
            line.send(archive_form(wanted, original))
        except (OSError, ValueError, MemoryError, pypdfium2.PdfiumError) as error:
            line.send(f"{type(error).__name__}: {error}")

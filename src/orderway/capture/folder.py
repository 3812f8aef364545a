"""The watched folder: whoever can save a file can send an order.

A file is taken when its size and time have stood still for a while. While it is read it lies in `taken/`, named by the message it
became; then it goes to `done/`, or to `rejected/` beside a text that says why. Nothing in memory is needed to go on after a crash.
"""

import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext

from orderway.kernel import clock
from orderway.kernel.access import Actor
from orderway.kernel.context import Reader
from orderway.kernel.sql import statements

from . import inlets
from .reasons import Reason, from_text, remark, worded

SQL = statements("capture", "intake")
SETTLED = 2.0  # seconds a file must not have changed
PAUSE = 1.0  # seconds between two looks
_PARTIAL = (".part", ".partial", ".tmp", ".crdownload", ".filepart", "~")


@dataclass(slots=True)
class Folder:
    """A folder that is watched for one company; `seen` holds what stood there at the last looks: size, time, since when."""

    place: Path
    actor: Actor
    settled: float = SETTLED
    seen: dict[str, tuple[int, int, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("taken", "done", "rejected"):
            (self.place / name).mkdir(parents=True, exist_ok=True)

    def look(self) -> int:
        """Take what has settled, file away what was read; returns how many files moved."""
        there = {entry.name: entry for entry in os.scandir(self.place) if _is_input(entry)}
        self.seen = {name: self._stands(entry) for name, entry in there.items()}
        ready = [name for name, (_, _, since) in sorted(self.seen.items()) if time.monotonic() - since >= self.settled]
        return sum(self._take(self.place / name) for name in ready) + self._file_away()

    def _stands(self, entry: "os.DirEntry[str]") -> tuple[int, int, float]:
        stat = entry.stat(follow_symlinks=False)
        before = self.seen.get(entry.name)
        same = before is not None and before[:2] == (stat.st_size, stat.st_mtime_ns)
        return stat.st_size, stat.st_mtime_ns, before[2] if same and before else time.monotonic()

    def _take(self, path: Path) -> bool:
        size = self.seen[path.name][0]
        if size > inlets.LARGEST:
            return self._reject(path, path.name, [remark("too-large", most=inlets.LARGEST, what="bytes")])
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return False  # taken away again
        except OSError as error:
            return self._reject(path, path.name, [remark("damaged", said=str(error.strerror))])
        if len(data) != size:
            return False  # still being written
        outcome = inlets.receive(self.actor, path.name, data, "folder")
        if outcome.refused:
            return self._reject(path, path.name, [remark("as-written", text=outcome.refused[0].code)])
        self.seen.pop(path.name, None)
        _move(path, self.place / "taken" / f"{outcome.done[0]}-{path.name}")
        return True

    def _reject(self, path: Path, name: str, reasons: Iterable[Reason]) -> bool:
        target = _move(path, self.place / "rejected" / name)
        if target is None:
            return False
        target.with_name(f"{target.name}.reason.txt").write_text(f"{worded(reasons, gettext)}\n", encoding="utf-8")
        return True

    def _file_away(self) -> int:
        """What was read leaves `taken/`; what is still to be read stays there."""
        taken = {path: int(path.name.split("-", 1)[0]) for path in _numbered(self.place / "taken")}
        if not taken:
            return 0
        reader = Reader(self.actor, clock.now())
        states = {row.message_id: row for row in reader.fetch(SQL.message_states, ids=sorted(set(taken.values())))}
        return sum(self._filed(path, states.get(message)) for path, message in taken.items())

    def _filed(self, path: Path, became: Any) -> bool:
        name = path.name.split("-", 1)[1]
        if became is None or "received" in became.states:
            return False
        if set(became.states) == {"rejected"}:
            return self._reject(path, name, [reason for kept in became.reasons for reason in from_text(kept)])
        return _move(path, self.place / "done" / name) is not None


def _is_input(entry: "os.DirEntry[str]") -> bool:
    return (
        entry.is_file(follow_symlinks=False)
        and not entry.name.startswith(".")
        and not entry.name.lower().endswith(_PARTIAL)
    )


def _numbered(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file() and path.name.split("-", 1)[0].isdigit())


def _move(path: Path, target: Path) -> Path | None:
    """Move a file to a name that is free; None when it is not there any more."""
    free, number = target, 1
    while free.exists():
        number += 1
        free = target.with_name(f"{target.stem}-{number}{target.suffix}")
    try:
        path.rename(free)
    except FileNotFoundError:
        return None
    return free


def watch(folder: Folder, stopped: Callable[[], bool]) -> None:
    """Look again and again until stopped."""
    while not stopped():
        moved = folder.look()
        if not moved:
            time.sleep(PAUSE)

"""Event logs as plain values: cases and the activities seen in them, read from XES or CSV."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

LARGEST = 50_000_000
"""Bytes a log file may have."""
MOST_EVENTS = 1_000_000
LONGEST = 200
"""Characters that a name is kept with."""


class NotALog(ValueError):
    """The bytes are no event log that can be read; says why and, where known, the line."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Something that was seen: the activity, when (None: the log does not say), by whom, and which step of its life it was."""

    activity: str
    at: datetime | None = None
    resource: str = ""
    lifecycle: str = ""


@dataclass(frozen=True, slots=True)
class LoggedCase:
    """A case with what was seen of it, in order."""

    name: str
    seen: tuple[Seen, ...]


@dataclass(frozen=True, slots=True)
class Log:
    """An event log; `left_out` counts events that are no ends of activities, and those that name none."""

    cases: tuple[LoggedCase, ...]
    left_out: int = 0


def tidy(events: Mapping[str, Sequence[Seen]]) -> Log:
    """A log of cases in which an activity stands once, for its end: where the log knows ends (lifecycle `complete`) only those are
    kept, where it knows only beginnings (`start`) those; what says no lifecycle is kept (IEEE 1849-2016, clause 6.3).

    Events are put in order of their times where every event of the case has one; equal times stay in the order of the file.
    """
    known = {seen.lifecycle.casefold() for one in events.values() for seen in one}
    wanted = {"", "complete"} if "complete" in known else {"", "start"} if "start" in known else known
    cases, left_out = [], 0
    for name, all_seen in events.items():
        kept = [seen for seen in all_seen if seen.activity and seen.lifecycle.casefold() in wanted]
        left_out += len(all_seen) - len(kept)
        times = [seen.at for seen in kept]
        if None not in times:
            kept.sort(key=lambda seen: seen.at or datetime.min)  # noqa: DTZ901 - every one has its time
        cases.append(LoggedCase(name, tuple(kept)))
    return Log(tuple(cases), left_out)

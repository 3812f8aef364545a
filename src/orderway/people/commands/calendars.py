"""When a company and its departments work, and which days are off."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any
from zoneinfo import available_timezones

from orderway.kernel.context import Context
from orderway.kernel.events import Fact
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import Ref, command, subject
from orderway.kernel.sql import columns, statements

from ..rules import DAY

SQL = statements("people", "calendars")
subject("holiday", "holiday")
ADMIN = ["administrator"]
_CLOCK = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)\Z")


@dataclass(frozen=True)
class Hours:
    """Working hours of one weekday (Monday is 1): from and until by the clock, like 08:00 and 16:30; 24:00 ends a day."""

    weekday: int
    opens: str
    closes: str


@dataclass(frozen=True)
class SetCalendar:
    """The working hours of a department (key), or with "" of the company. Without hours a department has the company's, and a company
    works all the time. `timezone` (IANA name) is a department's own; empty: the company's."""

    department: str = ""
    hours: Sequence[Hours] = field(default_factory=tuple)
    timezone: str = ""


@command("people.set_calendar", row=SetCalendar, roles=ADMIN)
def set_calendar(ctx: Context, rows: Sequence[SetCalendar]) -> Outcome:
    """Set when departments work; due times that are computed from now on follow it."""
    keys = sorted({row.department for row in rows} - {""})
    known = {row.key: row for row in ctx.fetch(SQL.lock, keys=keys)}
    refused = [refusal for index, row in enumerate(rows) if (refusal := _unfit(index, row, set(known)))]
    if ctx.halts(refused):
        return Outcome(refused=refused)
    out = {refusal.subject for refusal in refused}
    wanted = {row.department: row for index, row in enumerate(rows) if index not in out}  # the last one counts
    ids = {key: known[key].id for key in wanted if key}
    ctx.fetch(SQL.set_timezones, id=list(ids.values()), timezone=[wanted[key].timezone for key in ids])
    ctx.fetch(SQL.clear_hours, ids=list(ids.values()), whole="" in wanted)
    spans = [(ids.get(key), hours) for key, row in wanted.items() for hours in row.hours]
    ctx.fetch(
        SQL.insert_hours,
        department=[department for department, _ in spans],
        weekday=[hours.weekday for _, hours in spans],
        opens=[_minutes(hours.opens) for _, hours in spans],
        closes=[_minutes(hours.closes) for _, hours in spans],
    )
    _record(ctx, wanted, known)
    company = ctx.actor.company_id
    return Outcome([ids.get(row.department, company) for i, row in enumerate(rows) if i not in out], refused)


def _record(ctx: Context, wanted: dict[str, SetCalendar], known: dict[str, Any]) -> None:
    told = {key: [f"{h.weekday} {h.opens}-{h.closes}" for h in row.hours] for key, row in wanted.items()}
    facts = [
        Fact(
            known[key].id,
            known[key].id,
            {"timezone": known[key].timezone},
            {"timezone": row.timezone},
            {"hours": told[key]},
        )
        for key, row in wanted.items()
        if key
    ]
    ctx.record("calendar.set", "department", facts)
    company = ctx.actor.company_id
    whole = [Fact(company, company, says={"hours": told[""]})] if "" in told else []
    ctx.record("calendar.set", "company", whole)


def _minutes(clock: str) -> int | None:
    """Minutes after midnight; None for what is no time of a day."""
    found = _CLOCK.match(clock.strip())
    minutes = int(found[1]) * 60 + int(found[2]) if found else None
    return minutes if minutes is not None and minutes <= DAY else None


def _unfit(index: int, row: SetCalendar, known: set[str]) -> Refusal | None:
    if row.department and row.department not in known:
        return Refusal("unknown-department", index, {"department": row.department})
    if row.timezone and (not row.department or row.timezone not in available_timezones()):
        return Refusal("unknown-timezone", index, {"timezone": row.timezone})
    by_day: dict[int, list[tuple[int, int]]] = {}
    for hours in row.hours:
        opens, closes = _minutes(hours.opens), _minutes(hours.closes)
        if not 1 <= hours.weekday <= 7 or opens is None or closes is None or opens >= closes:
            facts = {"weekday": hours.weekday, "hours": f"{hours.opens}–{hours.closes}"}
            return Refusal("hours-not-possible", index, facts)
        by_day.setdefault(hours.weekday, []).append((opens, closes))
    for weekday, spans in by_day.items():
        ordered = sorted(spans)
        if any(first[1] > second[0] for first, second in pairwise(ordered)):
            return Refusal("hours-overlap", index, {"weekday": weekday})
    return None


@dataclass(frozen=True)
class SetHoliday:
    """A day off, of a department (key) or with "" of the whole company."""

    day: date
    name: str
    department: str = ""


@command("people.set_holidays", row=SetHoliday, roles=ADMIN)
def set_holidays(ctx: Context, rows: Sequence[SetHoliday]) -> Outcome:
    """Enter days off, a whole list at once; a day that is known is renamed."""
    keys = {row.department for row in rows} - {""}
    known = {row.key for row in ctx.fetch(SQL.lock, keys=sorted(keys))}
    refused = [
        Refusal("unknown-department", index, {"department": row.department})
        for index, row in enumerate(rows)
        if row.department and row.department not in known
    ]
    refused += [Refusal("name-missing", index) for index, row in enumerate(rows) if not row.name.strip()]
    if ctx.halts(refused):
        return Outcome(refused=refused)
    out = {refusal.subject for refusal in refused}
    days = {(row.day, row.department): row for index, row in enumerate(rows) if index not in out}
    ids = ctx.fetch(SQL.insert_holidays, **columns(list(days.values()), "day", "name", "department"))
    found = {key: row.id for key, row in zip(days, ids, strict=True)}
    facts = [Fact(id, id, says={"day": day, "name": days[day, key].name}) for (day, key), id in found.items()]
    ctx.record("holiday.set", "holiday", facts)
    return Outcome([found[row.day, row.department] for i, row in enumerate(rows) if i not in out], refused)


@command("people.drop_holidays", roles=ADMIN)
def drop_holidays(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """Take days off out of the calendar again."""
    found = {row.id: row for row in ctx.fetch(SQL.lock_holidays, ids=[row.id for row in rows])}
    refused = [Refusal("unknown-holiday", row.id) for row in rows if row.id not in found]
    if ctx.halts(refused):
        return Outcome(refused=refused)
    facts = [Fact(id, id, says={"day": row.day, "name": row.name}) for id, row in found.items()]
    ctx.record("holiday.dropped", "holiday", facts)
    ctx.fetch(SQL.delete_holidays, ids=list(found))
    return Outcome([row.id for row in rows if row.id in found], refused)

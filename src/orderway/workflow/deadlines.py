"""When something is due: by the calendar of the department that does it, each read once for a whole set."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from orderway.kernel.context import Reader
from orderway.kernel.sql import statements
from orderway.people.queries import calendar_of
from orderway.people.rules import Calendar, Term, ahead_of, due_at

from .care import Care
from .times import When

SQL = statements("workflow", "notices")


@dataclass(frozen=True, slots=True)
class Planned:
    """Something to tell at a moment: kind (opened, reminder, escalation), level, and the role it goes to ("": who has the work)."""

    kind: str
    level: int
    at: datetime
    to: str = ""


class Deadlines:
    """The due times of one set of work items and timers; all of them begin now. `stamp` says which calendars these are."""

    def __init__(self, ctx: Reader, known: Mapping[str, Calendar] | None = None, stamp: str = "") -> None:
        self.ctx = ctx
        self._given = known
        self._stamp = stamp
        self._read: dict[str, Calendar] = {}
        self._known: dict[tuple[str, Term], datetime] = {}

    def _calendar(self, department: str) -> Calendar:
        if self._given is not None:
            return self._given.get(department) or self._given[""]
        if department not in self._read:
            self._read[department] = calendar_of(self.ctx, department, self._stamp)
        return self._read[department]

    def zone(self, department: str) -> ZoneInfo:
        """The time zone of a department (its key; the company's for any other)."""
        return ZoneInfo(self._calendar(department).timezone)

    def after(self, department: str, term: Term) -> datetime:
        """The moment `term` from now, by the calendar of a department (its key; the company's for any other)."""
        if term.elapsed and not term.dated:
            return self.ctx.at + term.time
        place = (department, term)
        if place not in self._known:
            self._known[place] = due_at(self.ctx.at, term, self._calendar(department))
        return self._known[place]

    def before(self, department: str, due: datetime, term: Term) -> datetime:
        """The moment `term` before `due`."""
        return ahead_of(due, term, self._calendar(department))

    def beyond(self, department: str, due: datetime, term: Term) -> datetime:
        """The moment `term` after `due`."""
        return due_at(due, term, self._calendar(department))

    def notices(self, department: str, care: Care, due: datetime | None) -> list[Planned]:
        """What is to be told about work that is due at `due`, as its drawing says; a reminder whose moment has passed is left out."""
        planned = [Planned("opened", 0, self.ctx.at)] if care.mails else []
        for one in care.notices if due else ():
            early = one.kind == "reminder"
            moment = (self.before if early else self.beyond)(department, due, one.term) if due else self.ctx.at
            if not early or moment > self.ctx.at:
                planned.append(Planned(one.kind, one.level, moment, one.to))
        return planned


def zone_of(ctx: Reader, clocks: Sequence[When]) -> ZoneInfo:
    """The company's time zone for clocks that start maps; read only where one of them rests on it."""
    return Deadlines(ctx).zone("") if any(when.zoned for when in clocks) else ZoneInfo("UTC")


def plan(ctx: Reader, told: Sequence[tuple[int, int | None, Planned]]) -> None:
    """Write down what is to be told when, of (instance, work item or None for the whole instance); one statement for a set."""
    ctx.fetch(
        SQL.plan,
        instance=[instance for instance, _, _ in told],
        item=[item for _, item, _ in told],
        kind=[one.kind for _, _, one in told],
        level=[one.level for _, _, one in told],
        at=[one.at for _, _, one in told],
        to=[one.to for _, _, one in told],
    )


def promise(ctx: Reader, instances: Sequence[tuple[int, Care]]) -> None:
    """Give fresh instances the due time of their map and plan what is told about it; nothing where the maps state none."""
    deadlines = Deadlines(ctx)
    dues = {id: deadlines.after("", care.due) for id, care in instances if care.due}
    if dues:
        ctx.fetch(SQL.set_due, id=list(dues), due_at=list(dues.values()))
        told = [
            (id, None, one) for id, care in instances if id in dues for one in deadlines.notices("", care, dues[id])
        ]
        plan(ctx, told)

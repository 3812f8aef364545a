"""Who somebody is at work."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from orderway.kernel import clock
from orderway.kernel.access import Actor, rows_visible
from orderway.kernel.context import Reader
from orderway.kernel.paging import Page, page
from orderway.kernel.registry import query
from orderway.kernel.sql import fetch, statements

from .rules import Calendar

SQL = statements("people", "persons")
NOTING = statements("people", "noting")
NOTICE_SORTS = {"newest": "n.seen_at is not null, n.id desc"}
EXCEPTION_SORTS = {"newest": "e.id desc", "oldest": "e.id"}
MOST_VIEWS = 40
MOST_KNOWN = 1_000  # calendars that a process keeps
TOKENS = statements("people", "tokens")
CALENDARS = statements("people", "calendars")
ABSENCES = statements("people", "absences")


def actor_of(person_id: int, company_id: int) -> Actor | None:
    """The person as an actor in one company, or None when they hold no role there or may not sign in."""
    rows = fetch(SQL.actor.text(frozenset()), {"person": person_id, "company": company_id})
    if not rows or not rows[0].roles:
        return None
    row = rows[0]
    return Actor(person_id, company_id, frozenset(row.roles), tuple(row.departments), row.name)


def company(ctx: Reader) -> Any:
    """The actor's own company: address, numbers, currency, time zone, language."""
    return ctx.one(SQL.company)


@dataclass(frozen=True)
class Everyone:
    """Ask for all persons; `role` narrows."""

    role: str | None = None


@query("people.persons", Everyone)
def persons(ctx: Reader, asked: Everyone) -> list[Any]:
    """The people of the company with their roles and what they can do, by name."""
    return ctx.fetch(SQL.persons, role=asked.role)


# a person sees the keys of their own programs, an administrator those of all
rows_visible(
    "api_token", "({t}.person_id = %(actor)s::bigint or %(roles)s::text[] && array['administrator', 'system'])"
)


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who a token speaks for; `too_many` when its calls of this minute are used up."""

    actor: Actor
    too_many: bool


def token_digest(token: str) -> str:
    """What is kept of a token: SHA-256 in hexadecimal. A token holds 256 random bits, so no salt is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def bearer_of(token: str) -> Bearer | None:
    """The person a token speaks for, narrowed to its scopes, or None when it is unknown, expired or revoked. Counts the call."""
    rows = fetch(TOKENS.admit.text(frozenset()), {"digest": token_digest(token), "now": clock.now()})
    if not rows:
        return None
    row = rows[0]
    roles, departments, scopes = frozenset(row.roles), tuple(row.departments), frozenset(row.scopes)
    return Bearer(Actor(row.person_id, row.company_id, roles, departments, row.name, scopes=scopes), row.too_many)


@dataclass(frozen=True)
class NoQuestion:
    """Nothing to narrow."""


@query("people.tokens", NoQuestion)
def tokens(ctx: Reader, asked: NoQuestion) -> list[Any]:
    """The tokens of one's own programs (an administrator's: of all), newest first; never their values."""
    return ctx.fetch(TOKENS.list)


def calendars(ctx: Reader) -> Mapping[str, Calendar]:
    """The calendars of the departments by key, "" for the company's own; one statement, for whole sets of due times."""
    return {row.key: _calendar(row) for row in ctx.fetch(CALENDARS.all)}


def calendar_of(ctx: Reader, department: str, stamp: str = "") -> Calendar:
    """The calendar of one department by its key; the company's own for "" and for any other. A process reads it once a `stamp`, which
    whoever knows it has read before (`calendar_stamp`): it is another one as soon as any calendar of the company is."""
    found = _known.get((stamp, department))
    if found is None:
        found = _calendar(ctx.one(CALENDARS.all, department=department))
        if len(_known) >= MOST_KNOWN:
            _known.clear()
        if stamp:
            _known[stamp, department] = found
    return found


_known: dict[tuple[str, str], Calendar] = {}


def _calendar(row: Any) -> Calendar:
    return Calendar(row.timezone, _by_weekday(row.hours or []), frozenset(row.holidays))


def _by_weekday(hours: list[list[int]]) -> dict[int, tuple[tuple[int, int], ...]]:
    days: dict[int, tuple[tuple[int, int], ...]] = {}
    for weekday, opens, closes in hours:
        days[weekday] = (*days.get(weekday, ()), (opens, closes))
    return days


@dataclass(frozen=True)
class DepartmentCalendar:
    """Ask for the calendar of a department by its key, or with "" for the company's own."""

    department: str = ""


class CalendarShown(NamedTuple):
    """A calendar as it is kept: `own` is False when the hours are those of the company. Hours are (id, weekday, opens, closes) in
    minutes after midnight, holidays (id, day, name, department key)."""

    department: str
    name: str
    timezone: str
    own: bool
    hours: list[Any]
    holidays: list[Any]


@query("people.calendar", DepartmentCalendar)
def calendar(ctx: Reader, asked: DepartmentCalendar) -> CalendarShown | None:
    """When a department works, and its days off from last year on."""
    head = ctx.one(CALENDARS.head, department=asked.department)
    if head is None:
        return None
    hours = ctx.fetch(CALENDARS.hours, department=asked.department)
    holidays = ctx.fetch(CALENDARS.holidays, department=asked.department)
    return CalendarShown(asked.department, head.name, head.timezone, any(row.own for row in hours), hours, holidays)


@dataclass(frozen=True)
class AllDepartments:
    """Ask for the departments; there is nothing to choose."""


@query("people.departments", AllDepartments)
def departments(ctx: Reader, asked: AllDepartments) -> list[Any]:
    """The departments of the company by name, with their time zones."""
    return ctx.fetch(CALENDARS.departments)


# why somebody is away is theirs, their approver's and the administrators'; that they are away is everybody's
rows_visible(
    "absence",
    "(%(actor)s::bigint in ({t}.person_id, {t}.approver_id) or %(roles)s::text[] && array['administrator', 'auditor', 'system']"
    " or {t}.approver_id in"
    " (select s.person_id from standing_for(%(company)s::bigint, %(actor)s::bigint, %(now)s::timestamptz) s))",
)


def stood_for(ctx: Reader) -> list[Any]:
    """Whom the actor stands for now (id, name, roles), the nearest first."""
    return ctx.fetch(ABSENCES.stood_for)


@dataclass(frozen=True)
class Nobody:
    """Nothing to choose."""


@query("people.away", Nobody)
def away(ctx: Reader, asked: Nobody) -> list[Any]:
    """Who is away at this moment (id), until which day, and who stands for them."""
    return ctx.fetch(ABSENCES.away)


@query("people.stood_for", Nobody)
def standing(ctx: Reader, asked: Nobody) -> list[Any]:
    """Whom the asker stands for at this moment (id, name, roles)."""
    return stood_for(ctx)


@dataclass(frozen=True)
class AbsenceList:
    """Ask for absences: `which` is coming (all that are not over), mine (of the past year too) or decide (that wait for me);
    `id` for a certain one."""

    which: str = "coming"
    id: int | None = None


@query("people.absences", AbsenceList)
def absences(ctx: Reader, asked: AbsenceList) -> list[Any]:
    """Absences in the order of their days; kind and note only of one's own and of those one decides."""
    which = {name: True if name == asked.which else None for name in ("coming", "mine", "decide")}
    return ctx.fetch(ABSENCES.list, id=asked.id, **which)


@dataclass(frozen=True)
class NoticeList:
    """Ask for one's notices; `unseen` for those that one has not read, `id` for a single one."""

    unseen: bool | None = None
    id: int | None = None
    sort: str = "newest"
    after: str | None = None
    size: int = 50


@query("people.notices", NoticeList)
def notices(ctx: Reader, asked: NoticeList) -> Page:
    """What colleagues mentioned one in, what one has not read first."""
    return page(ctx, NOTING.notices, NOTICE_SORTS, asked, unseen=asked.unseen or None, id=asked.id)


@dataclass(frozen=True)
class ExceptionList:
    """Ask for what stopped and waits for a person."""

    sort: str = "newest"
    after: str | None = None
    size: int = 50


@query("people.exceptions", ExceptionList, roles=["manager", "administrator", "auditor"])
def exceptions(ctx: Reader, asked: ExceptionList) -> Page:
    """Reactions, steps and jobs that were refused or broke off, with what stood in the way."""
    return page(ctx, NOTING.exceptions, EXCEPTION_SORTS, asked)


@dataclass(frozen=True)
class ViewsOf:
    """Ask for one's own views of a page by its path."""

    page: str


@query("people.views", ViewsOf)
def views(ctx: Reader, asked: ViewsOf) -> list[Any]:
    """The views one keeps of a page, the oldest first."""
    return ctx.fetch(NOTING.views, page=asked.page, most=MOST_VIEWS)

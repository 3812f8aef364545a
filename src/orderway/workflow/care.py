"""How a step is cared for beyond who does it: how its time counts, who must not decide, whom to remind and to escalate to, who is
accountable, and the help beside it. Read from the drawing; docs/reference/map-attributes.md lists the attributes."""

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from typing import Any

from orderway.people.rules import Term

OURS = "{https://orderway.org/bpmn/1}"
_DURATION = re.compile(
    r"P(?:(\d{1,6})Y)?(?:(\d{1,6})M)?(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T(?=\d)(?:(\d{1,9}(?:[.,]\d{1,9}(?=H\Z))?)H)?"
    r"(?:(\d{1,9}(?:[.,]\d{1,9}(?=M\Z))?)M)?(?:(\d{1,9}(?:[.,]\d{1,9})?)S)?)?\Z"
)
FARTHEST = timedelta(days=365_250)  # nobody waits a thousand years, and calendars end with the year 9999
RACI = ("accountable", "consulted", "informed")


def term(text: str, counts: str = "") -> Term | None:
    """An ISO 8601 duration as a calendar counts it: years and months, weeks, working days, working time; with `counts` "elapsed" days
    and hours as they pass. None for other text, and for more than a thousand years.

    Hours beyond a day stay hours: PT24H are 24 working hours, P1D is a working day. The smallest of hours, minutes and seconds may be a
    fraction (ISO 8601-1:2019, 5.5.2.3); a fraction of a day would not say of which day, of the clock's or of the calendar's.
    """
    found = _DURATION.match(text)
    if found is None or not any(found.groups()):
        return None
    years, months, weeks, days = (int(part or 0) for part in found.groups()[:4])
    hours, minutes, seconds = (Fraction((part or "0").replace(",", ".")) for part in found.groups()[4:])
    months += 12 * years
    passing = timedelta(microseconds=round((hours * 3600 + minutes * 60 + seconds) * 1_000_000))
    if passing + timedelta(weeks=weeks, days=days + 31 * months) > FARTHEST:
        return None
    return Term(weeks, days, passing, counts == "elapsed", months)


@dataclass(frozen=True, slots=True)
class Notice:
    """A reminder `before` the due time (to whoever has it), or an escalation `level` at or after it, to the people of a role."""

    kind: str
    level: int
    term: Term
    to: str = ""


@dataclass(frozen=True, slots=True)
class Care:
    """What a drawing says about a step (or the whole process) beside its work. `wrong` names attributes that cannot be read."""

    counts: str = ""
    not_by: tuple[str, ...] = ()
    notices: tuple[Notice, ...] = ()
    mails: bool = False
    accountable: tuple[str, ...] = ()
    consulted: tuple[str, ...] = ()
    informed: tuple[str, ...] = ()
    help: tuple[tuple[str, str], ...] = ()
    due: Term | None = None
    starters: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()


NO_CARE = Care()


def problems_of(care: Care, roles: AbstractSet[str], works: AbstractSet[str]) -> Iterator[tuple[str, str]]:
    """What is wrong with the care of an element (code, what), where there are these roles and these work items."""
    for text in care.wrong:
        yield "bad-duration", text
    for one in care.not_by:
        if one != "start" and one not in works:
            yield "same-as", one
    named = {
        *care.accountable,
        *care.consulted,
        *care.informed,
        *care.starters,
        *(one.to for one in care.notices if one.to),
    }
    for role in sorted(named - roles):
        yield "unknown-role", role


def read_care(node: Any, ours: list[Any]) -> Care:
    """The care of an element: `node` with its attributes, `ours` the elements of our namespace inside it."""
    counts = node.get(f"{OURS}counts", "")
    notices = list(_notices(ours, counts))
    due = node.get(f"{OURS}due", "")
    wrong = [text for text, notice in notices if notice is None]
    if counts not in ("", "working", "elapsed"):
        wrong.append(counts)
    return Care(
        counts=counts,
        not_by=tuple(node.get(f"{OURS}notBy", "").split()),
        notices=tuple(notice for _, notice in notices if notice is not None),
        mails=node.get(f"{OURS}mail") == "true",
        help=tuple((one.get("lang", ""), (one.text or "").strip()) for one in ours if one.tag == f"{OURS}help"),
        due=term(due, counts) if due else None,
        starters=tuple(node.get(f"{OURS}starters", "").split()),
        wrong=tuple(wrong),
        **{name: tuple(node.get(OURS + name, "").split()) for name in RACI},
    )


def _notices(ours: list[Any], counts: str) -> Iterator[tuple[str, Notice | None]]:
    """Reminders and escalations with the text they state; None for one that cannot be read. Levels count from 1 in file order."""
    reminders, escalations = 0, 0
    for one in ours:
        if one.tag == f"{OURS}remind":
            reminders += 1
            before = term(one.get("before", ""), counts)
            yield one.get("before", ""), Notice("reminder", reminders, before) if before else None
        elif one.tag == f"{OURS}escalate":
            escalations += 1
            after = term(one.get("after", "PT0S"), counts)
            to = one.get("to", "")
            fits = after is not None and bool(to)
            yield one.get("after", "") or to, Notice("escalation", escalations, after, to) if fits and after else None

"""To whom work goes that a table gives out: of those it names, or who can what it asks, who has the least open work (SE-17), and how
urgent it is."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from orderway.decisions.deciding import NoDecision, decide
from orderway.kernel.access import ROLES
from orderway.kernel.context import Context
from orderway.kernel.sql import statements
from orderway.people.rules import skill_names

if TYPE_CHECKING:
    from .tokens import Opened

SQL = statements("workflow", "assigning")
LOWEST, HIGHEST = -1, 2


@dataclass(frozen=True, slots=True)
class Given:
    """A work item as its table gives it out: role, person (None: nobody's yet), priority, and the skills it takes; `open_work` is how
    much each candidate had when the choice was made, in the table's order (by their keys where it names nobody). Without a table the
    role is the map's."""

    role: str
    person: int | None = None
    priority: int = 0
    table: str = ""
    open_work: Sequence[tuple[int, int]] = ()
    skills: Sequence[str] = ()

    def says(self) -> Mapping[str, Any]:
        """What the event keeps."""
        return {
            "table": self.table,
            "role": self.role,
            "person": self.person,
            "priority": self.priority,
            "open_work": [list(one) for one in self.open_work],
            **({"skills": list(self.skills)} if self.skills else {}),
        }


def give(ctx: Context, opened: Sequence["Opened"]) -> list[Given]:
    """To whom each work item goes, in their order. Statements: none without a table; else two or three a table and one for all."""
    answers = _answers(ctx, opened)
    found = _found(ctx, answers.values())
    has = {row.id: row.has for row in found.values()}
    given = []
    for index, one in enumerate(opened):
        answer = answers.get(index)
        if answer is None:
            given.append(Given(one.work.role))
            continue
        role = str(answer.get("role") or "")
        role = role if role in ROLES else one.work.role
        candidates = [(row.id, has[row.id]) for row in _able(answer, role, found)]
        person = least(candidates)
        if person is not None:
            has[person] += 1
        given.append(Given(role, person, priority_of(answer), one.work.assignment, candidates, skills(answer)))
    return given


def _found(ctx: Context, answers: Collection[Mapping[str, Any]]) -> dict[str, Any]:
    """Whoever answers name or who has a skill they ask, by mail address in the order of their keys; one statement, or none."""
    named = sorted({mail for answer in answers for mail in mails(answer)})
    asked = sorted({skill for answer in answers for skill in skills(answer)})
    return {row.mail: row for row in ctx.fetch(SQL.candidates, mails=named, skills=asked)} if named or asked else {}


def _able(answer: Mapping[str, Any], role: str, found: Mapping[str, Any]) -> list[Any]:
    """Who holds the role and has all the skills an answer asks: of those it names, else of all."""
    named, asked = mails(answer), set(skills(answer))
    rows = [found[mail] for mail in named if mail in found] if named or not asked else list(found.values())
    return [row for row in rows if role in row.roles and asked <= set(row.skills)]


def _answers(ctx: Context, opened: Sequence["Opened"]) -> dict[int, Mapping[str, Any]]:
    """What the tables say of the work items they give out, by index; an order whose table is gone goes to the role of the map."""
    asked: dict[tuple[str, str], list[int]] = {}
    for index, one in enumerate(opened):
        if one.work.assignment:
            asked.setdefault((one.work.assignment, one.token.instance.subject_type), []).append(index)
    answers: dict[int, Mapping[str, Any]] = {}
    for (table, kind), places in sorted(asked.items()):  # one a table
        subjects = sorted({opened[index].token.instance.subject for index in places})
        try:
            decided = decide(ctx, table, kind, subjects)
        except NoDecision:
            continue
        for index in places:
            result = decided[opened[index].token.instance.subject].result
            plain = result if isinstance(result, Mapping) else dict.fromkeys(opened[index].work.gives, result)
            answers[index] = plain
    return answers


def mails(answer: Mapping[str, Any]) -> list[str]:
    """The mail addresses a table names as candidates, each once: separated by commas or blanks."""
    return list(dict.fromkeys(re.findall(r"[^\s,;]+", str(answer.get("person") or "").lower())))


def skills(answer: Mapping[str, Any]) -> list[str]:
    """The skills a table asks, each once: separated by commas."""
    return skill_names(str(answer.get("skill") or ""))


def least(candidates: Sequence[tuple[int, int]]) -> int | None:
    """Of (person, open work) who has the least, the first of equals; None of nobody."""
    return min(candidates, key=lambda one: one[1])[0] if candidates else None


def priority_of(answer: Mapping[str, Any]) -> int:
    """The priority a table gives, from -1 (low) to 2 (urgent); 0 where it says none."""
    said = answer.get("priority")
    if not isinstance(said, Decimal | int) or isinstance(said, bool):
        return 0
    return max(LOWEST, min(HIGHEST, int(said)))

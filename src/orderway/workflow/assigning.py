"""To whom work goes that a table gives out: of the candidates it names, who has the least open work (SE-17), and how urgent it is."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from orderway.decisions.deciding import NoDecision, decide
from orderway.kernel.access import ROLES
from orderway.kernel.context import Context
from orderway.kernel.sql import statements

if TYPE_CHECKING:
    from .tokens import Opened

SQL = statements("workflow", "tokens")
LOWEST, HIGHEST = -1, 2


@dataclass(frozen=True, slots=True)
class Given:
    """A work item as its table gives it out: role, person (None: nobody's yet), priority; `open_work` is how much each candidate
    had when the choice was made, in the table's order. Without a table the role is the map's."""

    role: str
    person: int | None = None
    priority: int = 0
    table: str = ""
    open_work: Sequence[tuple[int, int]] = ()

    def says(self) -> Mapping[str, Any]:
        """What the event keeps."""
        return {
            "table": self.table,
            "role": self.role,
            "person": self.person,
            "priority": self.priority,
            "open_work": [list(one) for one in self.open_work],
        }


def give(ctx: Context, opened: Sequence["Opened"]) -> list[Given]:
    """To whom each work item goes, in their order. Statements: none without a table; else two or three a table and one for all."""
    answers = _answers(ctx, opened)
    named = {mail for answer in answers.values() for mail in mails(answer)}
    found = {row.mail: row for row in ctx.fetch(SQL.candidates, mails=sorted(named))} if named else {}
    has = {row.id: row.has for row in found.values()}
    given = []
    for index, one in enumerate(opened):
        answer = answers.get(index)
        if answer is None:
            given.append(Given(one.work.role))
            continue
        role = str(answer.get("role") or "")
        role = role if role in ROLES else one.work.role
        candidates = [(row.id, has[row.id]) for mail in mails(answer) if (row := found.get(mail)) and role in row.roles]
        person = least(candidates)
        if person is not None:
            has[person] += 1
        given.append(Given(role, person, priority_of(answer), one.work.assignment, candidates))
    return given


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


def least(candidates: Sequence[tuple[int, int]]) -> int | None:
    """Of (person, open work) who has the least, the first of equals; None of nobody."""
    return min(candidates, key=lambda one: one[1])[0] if candidates else None


def priority_of(answer: Mapping[str, Any]) -> int:
    """The priority a table gives, from -1 (low) to 2 (urgent); 0 where it says none."""
    said = answer.get("priority")
    if not isinstance(said, Decimal | int) or isinstance(said, bool):
        return 0
    return max(LOWEST, min(HIGHEST, int(said)))

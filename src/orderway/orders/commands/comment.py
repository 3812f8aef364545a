"""Comments on orders; who is mentioned gets a notice."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orderway.kernel.context import Context
from orderway.kernel.events import Fact
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import EVERYONE, command
from orderway.kernel.sql import statements
from orderway.people.commands.noting import Note, notify
from orderway.people.queries import Everyone, persons

SQL = statements("orders", "proceed")
LONGEST = 4_000


@dataclass(frozen=True)
class CommentOrder:
    """A comment on an order; `@` and a colleague's name (first name, full name or the name of their mail address) tells them."""

    id: int
    text: str


@command("orders.comment", row=CommentOrder, roles=sorted(EVERYONE))
def comment(ctx: Context, rows: Sequence[CommentOrder]) -> Outcome:
    """Comment on orders; colleagues who are mentioned get a notice."""
    found = {order.id: order for order in ctx.fetch(SQL.lock, ids=[row.id for row in rows])}
    colleagues = names_of(persons(ctx, Everyone()))
    told = [mentioned(row.text, colleagues) for row in rows]
    refused = [
        refusal
        for row, (_, unknown) in zip(rows, told, strict=True)
        if (refusal := _unfit(row, found.get(row.id), unknown))
    ]
    out = {refusal.subject for refusal in refused}
    accepted = [(row, people) for row, (people, _) in zip(rows, told, strict=True) if row.id not in out]
    if ctx.halts(refused) or not accepted:
        return Outcome(refused=refused)
    notify(
        ctx,
        [
            Note(person, "order", row.id, found[row.id].number, row.text.strip())
            for row, people in accepted
            for person in people
            if person != ctx.actor.id
        ],
    )
    facts = [Fact(row.id, row.id, says={"text": row.text.strip(), "mentions": people}) for row, people in accepted]
    ctx.record("order.commented", "order", facts)
    return Outcome([row.id for row, _ in accepted], refused)


def _unfit(row: CommentOrder, order: Any, unknown: str) -> Refusal | None:
    if order is None:
        return Refusal("unknown-order", row.id)
    if not row.text.strip() or len(row.text) > LONGEST:
        return Refusal("comment-missing", row.id, {"most": LONGEST})
    if unknown:
        return Refusal("unknown-colleague", row.id, {"name": unknown})
    return None


def names_of(people: Sequence[Any]) -> Mapping[str, int]:
    """What colleagues (rows of id, name, email) may be called, in small letters; what fits two of them calls nobody."""
    called: dict[str, set[int]] = {}
    for person in people:
        for name in (person.name, person.name.split()[0], person.email.partition("@")[0]):
            called.setdefault(name.lower(), set()).add(person.id)
    return {name: next(iter(ids)) for name, ids in called.items() if len(ids) == 1}


def mentioned(text: str, colleagues: Mapping[str, int]) -> tuple[list[int], str]:
    """Who is mentioned in a text, in the order of the text; and the first word behind an `@` that calls nobody.

    A mail address is no mention.
    """
    people: list[int] = []
    small = text.lower()
    for mark in re.finditer(r"(?<![\w.])@(?=\w)", small):
        rest = small[mark.end() :]
        fits = [name for name in colleagues if rest.startswith(name) and not re.match(r"\w", rest[len(name) :])]
        if not fits:
            word = re.match(r"[\w.-]+", text[mark.end() :])
            return people, word[0] if word else ""
        person = colleagues[max(fits, key=len)]
        if person not in people:
            people.append(person)
    return people, ""

"""Asking a colleague before deciding: the work item stays where it is, the question and its answer stand with it."""

from collections.abc import Sequence
from dataclasses import dataclass

from orderway.kernel.access import SYSTEM
from orderway.kernel.context import Context
from orderway.kernel.events import Fact
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import command
from orderway.kernel.sql import columns, statements
from orderway.people.commands.noting import Note, notify
from orderway.people.queries import stood_for

from .work import ALL, acting, found_items, tell

SQL = statements("workflow", "questions")


@dataclass(frozen=True)
class AskColleague:
    """A question about a work item to a colleague."""

    id: int
    person: int
    text: str


@command("workflow.ask", row=AskColleague, roles=ALL)
def ask_colleague(ctx: Context, rows: Sequence[AskColleague]) -> Outcome:
    """Ask colleagues about work items one can see; the one who is asked sees the item until the question is answered."""
    items, refused = found_items(ctx, sorted({row.id for row in rows}))
    known = {item.id: item for item in items}
    here = {row.id for row in ctx.fetch(SQL.colleagues, persons=sorted({row.person for row in rows}))}
    accepted = []
    for row in rows:
        if row.id not in known:
            continue
        code = _unfit(ctx, row, known[row.id].state, here)
        if code:
            refused.append(Refusal(code, row.id, {"person": row.person}))
        else:
            accepted.append(row)
    if ctx.halts(refused) or not accepted:
        return Outcome(refused=refused)
    ids = ctx.fetch(SQL.ask, **columns(accepted, "id", "person", "text"))
    asked = [known[row.id] for row in accepted]
    tell(ctx, "work.asked", asked, {row.id: {"person": row.person, "text": row.text} for row in accepted}, {})
    return Outcome([row.id for row in ids], refused)


def _unfit(ctx: Context, row: AskColleague, state: str, here: set[int]) -> str:
    if state != "open":
        return "already-done"
    if not row.text.strip():
        return "text-missing"
    if row.person not in here or row.person == ctx.actor.id:
        return "unknown-person"
    return ""


@dataclass(frozen=True)
class AnswerColleague:
    """The answer to a question, by the question's id."""

    id: int
    text: str


@command("workflow.answer", row=AnswerColleague, roles=ALL)
def answer_colleague(ctx: Context, rows: Sequence[AnswerColleague]) -> Outcome:
    """Answer questions about work items: who was asked, or who stands in for them. Whoever asked gets a notice."""
    given = {row.id: row for row in rows}
    found = {row.id: row for row in ctx.fetch(SQL.lock, ids=list(given))}
    refused = [Refusal("unknown-question", id) for id in given if id not in found]
    away = {row.id for row in stood_for(ctx)}
    for question in found.values():
        if question.answered_at is not None:
            refused.append(Refusal("already-answered", question.id))
        elif question.person_id not in {ctx.actor.id, *away} and SYSTEM not in ctx.actor.roles:
            refused.append(Refusal("not-yours", question.id, {"person": question.person_id}))
        elif not given[question.id].text.strip():
            refused.append(Refusal("text-missing", question.id))
    out = {refusal.subject for refusal in refused}
    mine = [question for question in found.values() if question.id not in out]
    if ctx.halts(refused) or not mine:
        return Outcome(refused=refused)
    ctx.fetch(SQL.answer, id=[one.id for one in mine], text=[given[one.id].text.strip() for one in mine])
    asked_by = [(one, given[one.id].text.strip()) for one in mine if one.asked_by_id != ctx.actor.id]
    notify(ctx, [Note(one.asked_by_id, "work_item", one.work_item_id, one.text, text) for one, text in asked_by])
    groups: dict[tuple[str, int | None], list[Fact]] = {}
    for one in mine:
        says = {"work_item": one.work_item_id, "node": one.node, "text": given[one.id].text.strip()}
        whom = one.person_id if one.person_id in away else None
        groups.setdefault((one.subject_type, whom), []).append(Fact(one.subject_id, one.subject_id, says=says))
    for (kind, whom), facts in groups.items():
        acting(ctx, whom).record("work.answered", kind, facts)  # one a kind of subject and person stood for
    return Outcome([one.id for one in mine], refused)

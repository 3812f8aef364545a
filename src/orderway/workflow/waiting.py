"""Reading work lists and work items."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from orderway.kernel.context import Reader
from orderway.kernel.paging import Page, page
from orderway.kernel.registry import query
from orderway.kernel.sql import fetch, statements
from orderway.people.queries import stood_for

from .care import RACI
from .drawn import Label, Outcome
from .eyes import AGREE, GIVE_BACK
from .facts import read_facts
from .forms import NO_FORM, asked_of, stored, typed
from .graph import Graph, Work
from .naming import name_of, said, titles_of
from .published import graphs, sound_graphs
from .rules import PLAIN_OUTCOME, Hand, filled, hand, unseen
from .starting import Told, told_to

SQL = statements("workflow", "lists")
WINDOW = 500
QUESTIONS = statements("workflow", "questions")
SORTS = {"due": "-w.priority, w.due_at, w.id", "newest": "w.id desc", "oldest": "w.id"}
# what stands in each list; all but the last two leave out what was put off
WHICH: Mapping[str, Mapping[str, bool]] = {
    "waiting": {"waiting": True, "awake": True},  # mine, nobody's of my roles, and of those I stand in for
    "mine": {"mine": True, "awake": True},  # assigned to me
    "free": {"free": True, "awake": True},  # nobody's yet, of my roles
    "acting": {"acting": True, "awake": True},  # of those I stand in for while they are away
    "department": {"departments_own": True, "awake": True},  # of my departments, whoever has it
    "asked": {"asked_me": True},  # a colleague asks me about it
    "snoozed": {"mine": True, "snoozed": True},  # put off by me
    "all": {},  # with what colleagues hold
}

KINDS = ("waiting", "mine", "free", "acting", "departments_own", "asked_me", "snoozed", "awake")


@dataclass(frozen=True)
class WorkList:
    """Ask for open work: `which` is waiting (what I can decide), mine, free, acting (of those I stand in for), department, asked,
    snoozed or all; of one department, map, node or subject."""

    which: str = "waiting"
    department: str | None = None
    map: str | None = None
    node: str | None = None
    subject_type: str | None = None
    subject: int | None = None
    late: bool | None = None
    sort: str = "due"
    after: str | None = None
    size: int = 50


class WorkRow(NamedTuple):
    """A work item in a list. `title` is what its subject is called, `department` the key of whose it is, `why` the reason it came
    (back), `why_by` who gave it; `acting_for` whom the reader stands in for here; `escalation` the highest level told of (0: none),
    `asked` whether a question to the reader waits; `extra`: it asks whether the reader agrees to what was decided."""

    id: int
    name: str
    map: str
    node: str
    subject_type: str
    subject_id: int
    title: str
    role: str
    department: str
    department_name: str
    assignee_id: int | None
    assignee: str
    opened_at: datetime
    due_at: datetime | None
    late: bool
    why: str
    why_code: str
    why_by: str
    priority: int
    snoozed_until: datetime | None
    escalation: int
    asked: bool
    acting_for: str
    extra: bool


@query("workflow.work", WorkList)
def work(ctx: Reader, asked: WorkList) -> Page:
    """Open work items, the most urgent first."""
    chosen = WHICH.get(asked.which, WHICH["waiting"])
    found = page(
        ctx,
        SQL.work,
        SORTS,
        asked,
        **{name: chosen.get(name) for name in KINDS},
        department=asked.department,
        map=asked.map,
        node=asked.node,
        subject_type=asked.subject_type,
        subject=asked.subject,
        late=asked.late or None,
    )
    return Page(_rows(ctx, found.rows), found.next, found.count)


def opened_lately(seen: int | None = None) -> list[Any]:
    """The work items opened since `seen` (None: the last ones) and somewhat before (company_id, command_id, at, subjects), the newest last.

    A map that goes on opens them without an event; ids are given out before commits. `command_id` is the item's id below zero.
    """
    return fetch(SQL.opened.text(frozenset()), {"seen": seen, "window": WINDOW})


def _rows(ctx: Reader, rows: Sequence[Any]) -> list[WorkRow]:
    compiled = sound_graphs(ctx, {row.digest for row in rows})
    titles = titles_of(ctx, {(row.subject_type, row.subject_id) for row in rows})
    away = _away(ctx, rows)
    names = {person: name for person, name, _roles in away}
    made = {"name", "title", "late", "acting_for"}
    return [
        WorkRow(
            name=name_of(compiled[row.digest], row.node) if row.digest in compiled else row.node,
            title=titles.get((row.subject_type, row.subject_id), ""),
            late=row.due_at is not None and row.due_at < ctx.at,
            acting_for=names.get(_hand(ctx, row, away).stands_for or 0, ""),
            **{name: getattr(row, name) for name in WorkRow._fields if name not in made},
        )
        for row in rows
    ]


def _hand(ctx: Reader, row: Any, away: Sequence[tuple[int, str, Any]]) -> Hand:
    stood = [(person, roles) for person, _name, roles in away]
    return hand(row.role, row.assignee_id, ctx.actor.id, ctx.actor.roles, stood)


def _away(ctx: Reader, rows: Sequence[Any]) -> list[tuple[int, str, Any]]:
    """Whom the reader stands in for (id, name, roles); asked only where a row is not the reader's own."""
    if all(not _hand(ctx, row, ()).code for row in rows):
        return []
    return [(one.id, one.name, one.roles) for one in stood_for(ctx)]


@dataclass(frozen=True)
class OneWorkItem:
    """Ask for one work item by its id; `typed` are form values not sent yet, by which fields are shown or not."""

    id: int
    typed: Mapping[str, Any] = field(default_factory=dict)


class FormField(NamedTuple):
    """A field of the form with what stands in it: the item's own value, else what was filled in before, else its default. One that
    is not `shown` is neither asked for nor kept."""

    name: str
    type: str
    label: str
    required: bool
    unit: str
    choices: Sequence[tuple[str, str]]
    value: Any
    shown: bool


class WorkForm(NamedTuple):
    """One work item with all the map says of it, in the reader's language. `mine`: whether this person may finish it now;
    `raci` are the roles that answer for the step (accountable, consulted, informed), `moving` whether fields come and go as others
    are filled in, `told` what the starter of `instance` added, `questions` about it (id, asked_by, person_id, person, text,
    asked_at, answer, answered_at, answered_by)."""

    row: WorkRow
    state: str
    mine: bool
    instruction: str
    fields: Sequence[FormField]
    checks: Sequence[tuple[str, str, bool]]
    outcomes: Sequence[tuple[str, str, bool]]
    outcome: str
    reason: str
    done_by: str
    done_for: str
    done_at: datetime | None
    questions: Sequence[Any]
    help: str
    raci: Mapping[str, Sequence[str]]
    moving: bool
    told: Told
    instance: int


@query("workflow.work_item", OneWorkItem)
def work_item(ctx: Reader, asked: OneWorkItem) -> WorkForm | None:
    """One work item with its instruction, form, check items (name, label, ticked) and outcomes (name, label, sends back)."""
    row = ctx.one(SQL.one, id=asked.id)
    if row is None:
        return None
    graph = graphs(ctx, [row.digest])[row.digest]
    does = graph.nodes[row.node].does
    if not isinstance(does, Work):
        raise TypeError(f"{row.node} is no work item")  # a version never changes
    values: Mapping[str, Any] = {**json.loads(row.before), **json.loads(row.filled)}
    if row.extra:  # the form was filled in by whoever decided; this person agrees or not
        does = replace(does, fields=(), checks=(), form=NO_FORM, outcomes=_agreeing(does, row.decided))
    values, hidden = _form(ctx, row, graph, does, values, asked.typed)
    (shown,) = _rows(ctx, [row])
    return WorkForm(
        row=shown,
        state=row.state,
        mine=row.state == "open" and not _hand(ctx, row, _away(ctx, [row])).code,
        instruction=said(does.instruction),
        fields=[as_filled(one, values, shown=one.name not in hidden) for one in does.fields],
        checks=[(check.name, said(check.label), check.name in row.checks) for check in does.checks],
        outcomes=[(one.name, said(one.label), one.sends_back) for one in does.outcomes] or [(PLAIN_OUTCOME, "", False)],
        outcome=row.outcome,
        reason=row.reason,
        done_by=row.done_by,
        done_for=row.done_for,
        done_at=row.done_at,
        questions=ctx.fetch(QUESTIONS.of_item, item=row.id),
        help=said(Label(dict(does.care.help).get("", ""), dict(does.care.help))),
        raci={name: roles for name in RACI if (roles := getattr(does.care, name) or getattr(graph.care, name))},
        moving=bool(does.form.shown),
        told=told_to(ctx, row.root_id, graph, row.whole_due_at),
        instance=row.root_id,
    )


def _agreeing(does: Work, decided: str) -> tuple[Outcome, ...]:
    """How an extra approver may answer: agree to the outcome that was decided, or give it back."""
    label = next((said(one.label) for one in does.outcomes if one.name == decided), "")
    agree = _("Agree: %(outcome)s") % {"outcome": label} if label else _("Agree")
    return Outcome(AGREE, Label(agree), sends_back=False), Outcome(GIVE_BACK, Label(_("Give back")), sends_back=True)


@dataclass(frozen=True)
class WaysList:
    """Ask how several open work items may be finished, by their ids."""

    ids: Sequence[int]


@query("workflow.ways", WaysList)
def ways(ctx: Reader, asked: WaysList) -> Mapping[int, tuple[str, str]]:
    """By work item the outcome that leads on and the one that sends back; "" where there is none. Three statements for any number."""
    rows = ctx.fetch(SQL.ways, ids=list(asked.ids))
    compiled = sound_graphs(ctx, {row.digest for row in rows})
    found: dict[int, tuple[str, str]] = {}
    for row in rows:
        does = compiled[row.digest].nodes[row.node].does if row.digest in compiled else None
        if row.extra:
            found[row.id] = (AGREE, GIVE_BACK)
        elif isinstance(does, Work):
            onward = [one.name for one in does.outcomes if not one.sends_back] or (
                [] if does.outcomes else [PLAIN_OUTCOME]
            )
            back = [one.name for one in does.outcomes if one.sends_back]
            found[row.id] = (onward[0] if onward else "", back[0] if back else "")
    return found


def _form(
    ctx: Reader, row: Any, graph: Graph, work: Work, values: Mapping[str, Any], given: Mapping[str, Any]
) -> tuple[Mapping[str, Any], frozenset[str]]:
    """The values of a form with its defaults, and the fields that are not shown for them and what was typed since."""
    if not work.form.names and not work.form.defaults:
        return values, frozenset()
    facts = read_facts(ctx, row.subject_type, [row.subject_id], list(asked_of(work.form, graph.names)))[row.subject_id]
    known = {n: typed(v, graph.names[n]) for n, v in values.items() if n in graph.names}
    known = {**dict.fromkeys(work.form.names), **facts, **known}
    defaults = {n: stored(one.value(known)) for n, one in work.form.defaults.items() if n not in values}
    kept, _wrong = filled(work.fields, {n: v for n, v in given.items() if n in {one.name for one in work.fields}})
    now = {**defaults, **values, **kept}
    return {**defaults, **values}, unseen(work, now, known)


def as_filled(field: Any, values: Mapping[str, Any], shown: bool = True) -> FormField:
    """A field of a map's form with what was filled in."""
    return FormField(
        name=field.name,
        type=field.type,
        label=said(field.label),
        required=field.required,
        unit=field.unit,
        choices=[(value, said(label)) for value, label in field.choices.items()],
        value=values.get(field.name),
        shown=shown,
    )

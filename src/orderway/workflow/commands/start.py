"""Starting maps: by the trade itself, and by anybody of the company whom the map lets start it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from orderway.kernel.access import SYSTEM
from orderway.kernel.context import Context
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import EVERYONE, command
from orderway.kernel.sql import statements

from ..facts import registered
from ..meaning import CLOCK_SUBJECT
from ..naming import titles_of
from ..published import graphs
from .instruct import SQL as INSTRUCT
from .instruct import AddApprover, Instruct, SetDue
from .proceed import StartMap, begin

SQL = statements("workflow", "proceed")
MAPS = statements("workflow", "maps")
MATTER = "matter"


@command("workflow.start", row=StartMap, roles=sorted(EVERYONE))
def start(ctx: Context, rows: Sequence[StartMap]) -> Outcome:
    """Send subjects through maps that the actor may start; one that is on its way through the same map already is refused."""
    latest = {row.key: row for row in ctx.fetch(MAPS.latest, keys=sorted({row.map for row in rows}))}
    refused = [Refusal("unknown-map", row.subject, {"map": row.map}) for row in rows if row.map not in latest]
    known = [row for row in rows if row.map in latest]
    refused += [refusal for row, refusal in _not_startable(ctx, known, latest) if refusal]
    out = {refusal.subject for refusal in refused}
    wanted = _about_what(ctx, [row for row in known if row.subject not in out], latest)
    if ctx.halts(refused) or not wanted:
        return Outcome(refused=refused)
    inserted = ctx.fetch(
        SQL.insert_roots,
        definition=[latest[row.map].definition_id for row in wanted],
        version=[latest[row.map].version_id for row in wanted],
        subject_type=[latest[row.map].subject_type for row in wanted],
        subject=[row.subject for row in wanted],
    )
    made = {(row.definition_id, row.subject_id): row.id for row in inserted}
    roots = {row: made.get((latest[row.map].definition_id, row.subject)) for row in wanted}
    refused += [
        Refusal("already-running", row.subject, {"map": row.map}) for row, root in roots.items() if root is None
    ]
    if ctx.halts(refused):
        return Outcome(refused=refused)
    going = {row: root for row, root in roots.items() if root is not None}
    begin(ctx, [(latest[row.map], row.subject, root, "") for row, root in going.items()])
    refused += _add(ctx, going)
    return Outcome([row.id for row in inserted], refused)


def _not_startable(
    ctx: Context, rows: Sequence[StartMap], latest: Mapping[str, Any]
) -> list[tuple[StartMap, Refusal | None]]:
    """Why somebody may not start these: the map names who may, or there is no such subject. The trade itself starts what it needs."""
    if ctx.within_command or SYSTEM in ctx.actor.roles:
        return []
    compiled = graphs(ctx, {head.digest for head in latest.values()})
    given = {(latest[row.map].subject_type, row.subject) for row in rows if row.subject}
    titles = titles_of(ctx, {one for one in given if one[0] in registered})
    judged: list[tuple[StartMap, Refusal | None]] = []
    for row in rows:
        head, roles = latest[row.map], compiled[latest[row.map].digest].care.starters
        code = ""
        if roles and not ctx.actor.roles & {*roles}:
            code = "may-not-start"
        elif not row.subject and head.subject_type == MATTER and not row.title.strip():
            code = "title-missing"
        elif not row.subject and head.subject_type not in (MATTER, CLOCK_SUBJECT):
            code = "subject-missing"
        elif row.subject and not titles.get((head.subject_type, row.subject)):
            code = "no-such-subject"
        judged.append((row, Refusal(code, row.subject, {"map": row.map, "roles": list(roles)}) if code else None))
    return judged


def _about_what(ctx: Context, rows: Sequence[StartMap], latest: Mapping[str, Any]) -> list[StartMap]:
    """The rows, each once, with their subjects: the company for maps about it, a new matter for those about one."""
    rows = [
        replace(row, subject=ctx.actor.company_id)
        if not row.subject and latest[row.map].subject_type == CLOCK_SUBJECT
        else row
        for row in rows
    ]
    fresh = [at for at, row in enumerate(rows) if not row.subject and latest[row.map].subject_type == MATTER]
    if fresh:
        ids = [row.id for row in ctx.fetch(INSTRUCT.matter_ids, count=len(fresh))]
        titles, abouts = [rows[at].title.strip() for at in fresh], [rows[at].about.strip() for at in fresh]
        ctx.fetch(INSTRUCT.open_matters, id=ids, title=titles, about=abouts)
        ctx.record_new("matter.opened", MATTER, ids)
        new = dict(zip(fresh, ids, strict=True))
        rows = [replace(row, subject=new[at]) if at in new else row for at, row in enumerate(rows)]
    return list(dict.fromkeys(rows))


def _add(ctx: Context, roots: Mapping[StartMap, int]) -> list[Refusal]:
    """What the starters add to their instances; a refusal is told by the subject."""
    told = [Instruct(id, row.instruction) for row, id in roots.items() if row.instruction.strip()]
    dues = [SetDue(id, row.due_at) for row, id in roots.items() if row.due_at]
    asked = [AddApprover(id, row.approver, row.step) for row, id in roots.items() if row.approver]
    subjects = {id: row.subject for row, id in roots.items()}
    refused: list[Refusal] = []
    refused += ctx.run("workflow.instruct", told, partial=ctx.partial).refused
    refused += ctx.run("workflow.set_due", dues, partial=ctx.partial).refused
    refused += ctx.run("workflow.add_approver", asked, partial=ctx.partial).refused
    return [Refusal(one.code, subjects.get(one.subject or 0), one.facts) for one in refused]

"""Running instances go over to the latest version of their map; taken back like any command while they did not go on since."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from orderway.kernel.context import Context
from orderway.kernel.events import Fact, Part
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import command
from orderway.kernel.sql import statements

from ..graph import Graph, Work
from ..published import graphs
from ..starting import asks_one
from ..tokens import Stock, Token, load, lock
from ..versions import misfit

SQL = statements("workflow", "move_over")


@dataclass(frozen=True)
class MoveOver:
    """A running instance to go on by the latest version of its map; `nodes` gives the new id of a place whose id changed."""

    id: int
    nodes: Mapping[str, str] = field(default_factory=dict)


def _lock(ctx: Context, ids: Collection[int]) -> set[int]:
    """Lock the roots of instances: who completes or advances one of them waits, or is waited for."""
    return lock(ctx, {row.root_id for row in ctx.fetch(SQL.roots, ids=sorted(ids))})


def _hold(ctx: Context, changes: Sequence[Mapping[str, Any]]) -> None:
    """Before these are taken back, too."""
    _lock(ctx, {change["id"] for change in changes if change["table"] == "process_instance"})


@command("workflow.move_over", row=MoveOver, roles=["administrator"], reversible=_hold)
def move_over(ctx: Context, rows: Sequence[MoveOver]) -> Outcome:
    """Let running instances go on by the latest version of their map, standing where they stood. Nothing else happens to them.

    Who is still to agree at a later step agrees there; where that step is gone it has to be named like a place."""
    nodes = {row.id: row.nodes for row in rows}
    locked = _lock(ctx, nodes)
    running = {row.id: row for row in ctx.fetch(SQL.running, ids=list(nodes)) if row.root_id in locked}
    extras = ctx.fetch(SQL.extras, instances=list(running))
    unasked: dict[int, list[str]] = {}
    for one in extras:
        if not one.asked:
            unasked.setdefault(one.instance_id, []).append(one.node)
    stock = load(ctx, {row.root_id for row in running.values()})
    compiled = graphs(ctx, {row.latest_digest for row in running.values()})
    refused = [Refusal("not-running", id) for id in nodes if id not in running]
    for id, row in running.items():
        if row.version_id == row.latest_id:
            refused.append(Refusal("newest-already", id, {"map": row.key, "number": row.number}))
        elif misfits := [
            *_misfits(stock, compiled[row.latest_digest], id, nodes[id]),
            *_lost(stock.instances[id].graph, compiled[row.latest_digest], unasked.get(id, ()), nodes[id]),
        ]:
            refused.append(Refusal("no-place", id, {"map": row.key, "places": "; ".join(misfits)}))
    out = {refusal.subject for refusal in refused}
    going = [row for id, row in running.items() if id not in out]
    if ctx.halts(refused) or not going:
        return Outcome(refused=refused)
    _write(ctx, going, stock, compiled, nodes, extras)
    return Outcome([row.id for row in going], refused, {"undo": ctx.command_id})


def _misfits(stock: Stock, new: Graph, id: int, nodes: Mapping[str, str]) -> list[str]:
    instance = stock.instances[id]
    why = {token.node: misfit(instance.graph, new, token, nodes) for token in instance.tokens}
    return [f"{instance.graph.nodes[node].label.text or node} ({code})" for node, code in why.items() if code]


def _lost(old: Graph, new: Graph, unasked: Iterable[str], nodes: Mapping[str, str]) -> list[str]:
    """The steps at which somebody is still to be asked and that the new version does not have."""
    lost = []
    for node in dict.fromkeys(unasked):
        there = new.nodes.get(nodes.get(node, node))
        if node in old.nodes and (there is None or not asks_one(there)):
            lost.append(f"{old.nodes[node].label.text or node} ({'other-kind' if there else 'gone'})")
    return lost


def _write(
    ctx: Context,
    going: Sequence[Any],
    stock: Stock,
    compiled: Mapping[str, Graph],
    nodes: Mapping[int, Mapping[str, str]],
    extras: Sequence[Any],
) -> None:
    ctx.fetch(SQL.set_versions, id=[row.id for row in going], version=[row.latest_id for row in going])
    parts = {row.id: [_goes_by(row)] for row in going}
    tokens = {token.id: token for row in going for token in stock.instances[row.id].tokens}
    there = {id: nodes[token.instance.id].get(token.node, token.node) for id, token in tokens.items()}
    ctx.fetch(SQL.set_nodes, id=list(there), node=list(there.values()))
    for id, token in tokens.items():
        parts[token.instance.id].append(Part("token", id, {"node": token.node}, {"node": there[id]}))
    for instance, part in _approvers(ctx, [one for one in extras if one.instance_id in parts], nodes):
        parts[instance].append(part)
    fresh = {row.id: compiled[row.latest_digest] for row in going}
    for instance, part in _items(ctx, tokens, there, fresh):
        parts[instance].append(part)
    for subject, group in groupby(
        sorted(going, key=lambda row: str(row.subject_type)), key=lambda row: str(row.subject_type)
    ):
        facts = [
            Fact(
                row.subject_id,
                row.subject_id,
                says={"map": row.key, "from": row.number, "to": row.latest_number},
                parts=parts[row.id],
            )
            for row in group
        ]
        ctx.record("process.moved_over", subject, facts)  # one a kind of subject


def _approvers(ctx: Context, extras: Sequence[Any], nodes: Mapping[int, Mapping[str, str]]) -> list[tuple[int, Part]]:
    """Let who has to agree do so at the step whose id changed, and say what changed, by instance."""
    there = {one.id: nodes[one.instance_id].get(one.node, one.node) for one in extras}
    moved = [one for one in extras if there[one.id] != one.node]
    done = ctx.fetch(SQL.set_extras, id=[one.id for one in moved], node=[there[one.id] for one in moved])
    ids = {row.id for row in done}
    return [
        (one.instance_id, Part("extra_approver", one.id, {"node": one.node}, {"node": there[one.id]}))
        for one in moved
        if one.id in ids
    ]


def _goes_by(row: Any) -> Part:
    """Its way stands in it unchanged, because whoever went on since cannot be taken back: every move makes the way longer."""
    old, new = ({"version_id": version, "path": list(row.path)} for version in (row.version_id, row.latest_id))
    return Part("process_instance", row.id, old, new)


def _items(
    ctx: Context, tokens: Mapping[int, Token], there: Mapping[int, str], fresh: Mapping[int, Graph]
) -> list[tuple[int, Part]]:
    """Give the open work items the role and the department of their step, and say what changed, by instance.

    Whoever held an item of another role holds it no more: it is on the list of the new role.
    """
    items = ctx.fetch(SQL.items, tokens=list(tokens))
    steps = {item.id: fresh[item.instance_id].nodes[there[item.token_id]] for item in items}
    known = {
        row.key: row.id for row in ctx.fetch(SQL.departments, keys=sorted({node.department for node in steps.values()}))
    }
    new = {}
    for item in items:
        node = steps[item.id]
        role = node.does.role if not item.extra and isinstance(node.does, Work) else item.role
        assignee = item.assignee_id if role == item.role else None
        where = {"node": node.id, "role": role, "department_id": known.get(node.department), "assignee_id": assignee}
        new[item.id] = where
    ctx.fetch(
        SQL.set_items,
        id=list(new),
        node=[one["node"] for one in new.values()],
        role=[one["role"] for one in new.values()],
        department=[one["department_id"] for one in new.values()],
        assignee=[one["assignee_id"] for one in new.values()],
    )
    return [
        (
            item.instance_id,
            Part("work_item", item.id, {name: getattr(item, name) for name in new[item.id]}, new[item.id]),
        )
        for item in items
    ]

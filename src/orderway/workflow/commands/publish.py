"""Publishing maps: from then on new instances run the new version; running ones stay on theirs."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from orderway.decisions.published import hold
from orderway.kernel.access import SYSTEM
from orderway.kernel.context import Context
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import command, subject
from orderway.kernel.sql import statements

from ..bpmn import NotBpmn, as_utf8, read_map
from ..compile import compile_map
from ..deadlines import zone_of
from ..duties import unanswered
from ..graph import Graph
from ..problems import ERROR, Problem
from ..published import known, round_and_round, tables_asked, tables_of

SQL = statements("workflow", "maps")
subject("map", "process_version")
CLOCK = "clock:"


@dataclass(frozen=True)
class PublishMap:
    """A map to publish: BPMN 2.0 XML with one executable process, whose id is the key of the map. `note`: what changed and why."""

    xml: str
    note: str = ""


@command("workflow.publish", row=PublishMap, roles=["administrator"])
def publish(ctx: Context, rows: Sequence[PublishMap]) -> Outcome:
    """Publish maps; maps of one set may call each other. A drawing that is already the latest version stays as it is. People publish
    none in which nobody answers for a step."""
    rows = [replace(row, xml=as_utf8(row.xml)) for row in rows]
    graphs, refused = _judge(ctx, rows)
    if ctx.halts(refused) or not graphs:
        return Outcome(refused=refused)
    accepted = sorted(graphs, key=lambda index: graphs[index].key)
    given = [graphs[index] for index in accepted]
    found = ctx.fetch(
        SQL.lock_definitions,
        keys=[graph.key for graph in given],
        names=[graph.label.text for graph in given],
        subjects=[graph.subject for graph in given],
    )
    latest = {row.key: row for row in found}
    digests = {index: hashlib.sha256(rows[index].xml.encode()).hexdigest() for index in accepted}
    fresh = [index for index in accepted if latest[graphs[index].key].digest != digests[index]]
    versions = {index: latest[graphs[index].key].version_id for index in accepted}
    if fresh:
        inserted = ctx.fetch(
            SQL.insert_versions,
            definition=[latest[graphs[index].key].id for index in fresh],
            number=[latest[graphs[index].key].number + 1 for index in fresh],
            xml=[rows[index].xml for index in fresh],
            digest=[digests[index] for index in fresh],
            note=[rows[index].note for index in fresh],
        )
        versions |= {index: row.id for index, row in zip(fresh, inserted, strict=True)}
        _set_starts(ctx, [(latest[graphs[index].key], graphs[index]) for index in fresh])
        ctx.record_new("map.published", "map", [row.id for row in inserted])
    return Outcome([versions[index] for index in sorted(versions)], refused)


def _judge(ctx: Context, rows: Sequence[PublishMap]) -> tuple[dict[int, Graph], list[Refusal]]:
    """The graphs by index, and a refusal with the list of problems for each map that cannot run."""
    drawn, refused = {}, []
    for index, row in enumerate(rows):
        try:
            drawn[index] = read_map(row.xml.encode("utf-8", "surrogatepass"))
        except NotBpmn as error:
            refused.append(Refusal("not-bpmn", index, {"reason": str(error)}))
    subjects = {row.key: row.subject_type for row in ctx.fetch(SQL.hold)}
    keys = set(subjects) | {process.id for processes in drawn.values() for process in processes if process.executable}
    hold(ctx, {table for processes in drawn.values() for table in tables_asked(processes)})
    tables = tables_of(ctx)
    graphs: dict[int, Graph] = {}
    for index, processes in drawn.items():
        compiled = compile_map(processes, known(keys, tables))
        lonely = [] if SYSTEM in ctx.actor.roles else [one for p in processes if p.executable for one in unanswered(p)]
        if compiled.graph is None or lonely:
            refused.append(Refusal("cannot-run", index, {"problems": _told([*lonely, *compiled.problems])}))
        elif any(compiled.graph.key == graph.key for graph in graphs.values()):
            refused.append(Refusal("twice", index, {"map": compiled.graph.key}))
        elif (before := subjects.get(compiled.graph.key, compiled.graph.subject)) != compiled.graph.subject:
            # its running instances, and the maps that call it, count on the subject it has
            facts = {"map": compiled.graph.key, "subject_before": before, "subject_now": compiled.graph.subject}
            refused.append(Refusal("subject-fixed", index, facts))
        else:
            graphs[index] = compiled.graph
    restless = round_and_round(ctx, {graph.key: graph for graph in graphs.values()})
    for index, graph in list(graphs.items()):
        if problems := restless.get(graph.key):
            del graphs[index]
            refused.append(Refusal("cannot-run", index, {"problems": _told(problems)}))
    return graphs, refused


def _set_starts(ctx: Context, fresh: Sequence[tuple[Any, Graph]]) -> None:
    """Keep by which arrivals and clocks the new versions start; maps with a plain start only cost nothing here."""
    starts = {row.id: [*graph.starts, *(CLOCK + node for node in graph.clocks)] for row, graph in fresh}
    changed = [(row, graph) for row, graph in fresh if list(row.starts) != starts[row.id]]
    timed = [row.id for row, graph in fresh if graph.clocks or any(one.startswith(CLOCK) for one in row.starts)]
    if changed:
        ids = [row.id for row, _ in changed]
        ctx.fetch(SQL.set_starts, definition=ids, starts=[json.dumps(starts[id]) for id in ids])
    if timed:
        ctx.fetch(SQL.drop_clocks, definitions=timed)
        clocks = [(row.id, node, when) for row, graph in fresh for node, when in graph.clocks.items()]
        zone = zone_of(ctx, [when for _, _, when in clocks])
        ctx.fetch(
            SQL.set_clocks,
            definition=[id for id, _, _ in clocks],
            node=[node for _, node, _ in clocks],
            due_at=[when.first(ctx.at, zone) for _, _, when in clocks],
            times=[when.times for _, _, when in clocks],
        )


def _told(problems: Sequence[Problem]) -> list[dict[str, str]]:
    return [
        {"code": problem.code, "element": problem.element, "name": problem.name, "why": problem.why}
        for problem in problems
        if problem.level == ERROR
    ]

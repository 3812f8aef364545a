"""Drawing a map before it counts: keep a draft, throw it away, publish it.

A draft is scratch paper: it may be wrong and half drawn, nothing runs on it, and its events say that there is one and not every
stroke. One a map and company: who saves states which revision they drew on, and is told when somebody else was faster.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from orderway.kernel.context import Context
from orderway.kernel.events import Fact
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import command, subject
from orderway.kernel.sql import statements

from ..bpmn import NotBpmn, as_utf8, read_map
from ..drawing import same_as
from .publish import PublishMap

SQL = statements("workflow", "draft")
KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,79}\Z")
DRAWING = ["administrator", "manager"]
subject("map_draft", "process_draft")


@dataclass(frozen=True)
class SaveDraft:
    """A drawing to keep: the key of its `map` (the id of its process), its BPMN 2.0 XML, and the revision it was drawn on (0: none)."""

    map: str
    xml: str
    seen: int = 0


@command("workflow.save_draft", row=SaveDraft, roles=DRAWING)
def save_draft(ctx: Context, rows: Sequence[SaveDraft]) -> Outcome:
    """Keep drawings as drafts, whatever is still wrong with them; one that somebody else saved meanwhile is refused."""
    rows = [replace(row, xml=as_utf8(row.xml)) for row in rows]
    drafts = {row.map: row for row in ctx.fetch(SQL.lock, maps=[row.map for row in rows])}
    times = Counter(row.map for row in rows)
    refused = []
    for index, row in enumerate(rows):
        there = drafts.get(row.map)
        code, facts = ("twice", {"map": row.map}) if times[row.map] > 1 else _unfit(row)
        if not code and row.seen != (there.revision if there else 0):
            code, facts = "draft-changed", _who(there)
        if code:
            refused.append(Refusal(code, index, facts))
    out = {refusal.subject for refusal in refused}
    good = [index for index in range(len(rows)) if index not in out]
    if ctx.halts(refused) or not good:
        return Outcome(refused=refused)
    saved = ctx.fetch(
        SQL.save,
        maps=[rows[index].map for index in good],
        xml=[rows[index].xml for index in good],
        seen=[rows[index].seen for index in good],
    )
    ids = {row.map: row.id for row in saved}
    # two who save the first draft of a map at once: the slower one locked nothing above and wrote nothing here
    refused += [Refusal("draft-changed", index, _who(None)) for index in good if rows[index].map not in ids]
    _record(ctx, "map.drafted", [row for row in saved if row.map not in drafts])
    revisions = {row.map: row.revision for row in saved}
    return Outcome([ids[rows[i].map] for i in good if rows[i].map in ids], refused, {"revisions": revisions})


def _unfit(row: SaveDraft) -> tuple[str, dict[str, Any]]:
    """Why a drawing cannot even be kept."""
    if not KEY.match(row.map):
        return "bad-key", {"map": row.map}
    try:
        processes = read_map(row.xml.encode("utf-8", "surrogatepass"))
    except NotBpmn as error:
        return "not-bpmn", {"reason": str(error)}
    if row.map not in {process.id for process in processes}:
        return "other-map", {"map": row.map, "drawn": processes[0].id}
    return "", {}


def _who(draft: Any) -> dict[str, Any]:
    return {"by": draft.saved_by if draft else "", "revision": draft.revision if draft else 0}


def _record(ctx: Context, event: str, drafts: Sequence[Any]) -> None:
    facts = [Fact(draft.id, draft.id, says={"map": draft.map, "revision": draft.revision}) for draft in drafts]
    ctx.record(event, "map_draft", facts)


@dataclass(frozen=True)
class DiscardDraft:
    """A draft to throw away, by the key of its map; what is published stays."""

    map: str


@command("workflow.discard_draft", row=DiscardDraft, roles=DRAWING)
def discard_draft(ctx: Context, rows: Sequence[DiscardDraft]) -> Outcome:
    """Throw drafts away; the published version stays as it is."""
    drafts = {row.map: row for row in ctx.fetch(SQL.lock, maps=[row.map for row in rows])}
    refused = [
        Refusal("unknown-draft", index, {"map": row.map}) for index, row in enumerate(rows) if row.map not in drafts
    ]
    if ctx.halts(refused) or not drafts:
        return Outcome(refused=refused)
    ids = [draft.id for draft in drafts.values()]
    ctx.fetch(SQL.remove, ids=ids)
    _record(ctx, "map.draft_discarded", list(drafts.values()))
    return Outcome(ids, refused)


@dataclass(frozen=True)
class PublishDraft:
    """A draft to publish, by the key of its map: `note` says what changed and why, `seen` which revision was looked at (0: any)."""

    map: str
    note: str = ""
    seen: int = 0


@command("workflow.publish_draft", row=PublishDraft, roles=["administrator"])
def publish_draft(ctx: Context, rows: Sequence[PublishDraft]) -> Outcome:
    """Publish drafts: new subjects run the new version, running ones stay on theirs; refused while a problem is an error, and when
    nothing has changed."""
    drafts = {row.map: row for row in ctx.fetch(SQL.lock, maps=[row.map for row in rows])}
    same = same_as(ctx, list(drafts.values()))
    refused = [refusal for index, row in enumerate(rows) if (refusal := _not_there(index, row, drafts, same))]
    out = {refusal.subject for refusal in refused}
    given = {row.map: (index, row) for index, row in enumerate(rows) if index not in out}
    if ctx.halts(refused) or not given:
        return Outcome(refused=refused)
    drawn = [PublishMap(drafts[map].xml, row.note.strip()) for map, (_, row) in given.items()]
    outcome = ctx.run("workflow.publish", drawn, partial=ctx.partial)
    places = [index for index, _ in given.values()]
    refused += [Refusal(one.code, places[one.subject or 0], one.facts) for one in outcome.refused]
    out = {refusal.subject for refusal in refused}
    gone = [drafts[map] for map, (index, _) in given.items() if index not in out]
    if ctx.halts(refused) or not gone:
        return Outcome(refused=refused)
    ctx.fetch(SQL.remove, ids=[draft.id for draft in gone])
    _record(ctx, "map.draft_published", gone)
    return Outcome(outcome.done, refused)


def _not_there(index: int, row: PublishDraft, drafts: Any, same: Mapping[str, int]) -> Refusal | None:
    draft = drafts.get(row.map)
    if draft is None:
        return Refusal("unknown-draft", index, {"map": row.map})
    if row.seen and row.seen != draft.revision:
        return Refusal("draft-changed", index, _who(draft))
    if row.map in same:
        return Refusal("nothing-changed", index, {"map": row.map, "number": same[row.map]})
    return None

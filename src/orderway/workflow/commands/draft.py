"""Drawing a map before it counts: keep a draft, throw it away, publish it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from orderway.decisions import scratch
from orderway.decisions.scratch import DRAWING, Paper, Sheet
from orderway.kernel.context import Context
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import command, subject
from orderway.kernel.sql import statements

from ..bpmn import NotBpmn, as_utf8, read_map
from ..drawing import same_as
from .publish import PublishMap

MAPS = Paper(statements("workflow", "draft"), "map")
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
    sheets = [Sheet(row.map, row.xml, row.seen) for row in rows]
    return scratch.save(ctx, MAPS, "map.drafted", sheets, lambda n: _unfit(n, rows[n]))


def _unfit(index: int, row: SaveDraft) -> Refusal | None:
    """Why a drawing cannot even be kept."""
    try:
        processes = read_map(row.xml.encode("utf-8", "surrogatepass"))
    except NotBpmn as error:
        return Refusal("not-bpmn", index, {"reason": str(error)})
    if row.map in {process.id for process in processes}:
        return None
    return Refusal("other-map", index, {"map": row.map, "drawn": processes[0].id})


@dataclass(frozen=True)
class DiscardDraft:
    """A draft to throw away, by the key of its map; what is published stays."""

    map: str


@command("workflow.discard_draft", row=DiscardDraft, roles=DRAWING)
def discard_draft(ctx: Context, rows: Sequence[DiscardDraft]) -> Outcome:
    """Throw drafts away; the published version stays as it is."""
    return scratch.discard(ctx, MAPS, "map.draft_discarded", [row.map for row in rows])


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

    def publish(drafts: Mapping[int, Any]) -> Outcome:
        drawn = [PublishMap(one.xml, rows[index].note.strip()) for index, one in drafts.items()]
        return ctx.run("workflow.publish", drawn, partial=ctx.partial)

    looked_at = [(row.map, row.seen) for row in rows]
    return scratch.publish(ctx, MAPS, "map.draft_published", looked_at, same_as, publish)

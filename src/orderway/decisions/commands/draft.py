"""Drawing a table before it counts: keep a draft, throw it away, publish it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from orderway.dmn.model import Decision
from orderway.dmn.reading import DmnError, as_utf8, read
from orderway.kernel.context import Context
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import command, subject
from orderway.kernel.sql import statements

from .. import facts, scratch
from ..drawing import same_as
from ..scratch import DRAWING, Paper, Sheet
from .publish import PublishTable

TABLES = Paper(statements("decisions", "draft"), "table")
subject("table_draft", "decision_draft")


@dataclass(frozen=True)
class SaveTable:
    """A drawn table to keep: its key (the id of a decision in it), its DMN file, the kind of subject it decides about, and the
    revision it was drawn on (0: none)."""

    key: str
    xml: str
    subject: str
    seen: int = 0


@command("decisions.save_draft", row=SaveTable, roles=DRAWING)
def save_draft(ctx: Context, rows: Sequence[SaveTable]) -> Outcome:
    """Keep drawn tables as drafts, whatever is still wrong with them; one that somebody else saved meanwhile is refused."""
    rows = [replace(row, xml=as_utf8(row.xml)) for row in rows]
    sheets = [Sheet(row.key, row.xml, row.seen) for row in rows]
    subjects = [row.subject for row in rows]
    return scratch.save(ctx, TABLES, "table.drafted", sheets, lambda n: _unfit(n, rows[n]), subjects=subjects)


def _unfit(index: int, row: SaveTable) -> Refusal | None:
    """Why a drawn table cannot even be kept."""
    if not facts.types_of(row.subject):
        return Refusal("unknown-subject", index, {"subject": row.subject})
    try:
        elements = read(row.xml.encode("utf-8", "surrogatepass")).elements
    except DmnError as error:
        return Refusal("not-dmn", index, {"reason": str(error)})
    if isinstance(elements.get(row.key), Decision):
        return None
    drawn = [one.id for one in elements.values() if isinstance(one, Decision)]
    return Refusal("other-table", index, {"table": row.key, "drawn": drawn})


@dataclass(frozen=True)
class DiscardTable:
    """A draft to throw away, by the key of its table; what is published stays."""

    key: str


@command("decisions.discard_draft", row=DiscardTable, roles=DRAWING)
def discard_draft(ctx: Context, rows: Sequence[DiscardTable]) -> Outcome:
    """Throw drafts of tables away; the published version stays as it is."""
    return scratch.discard(ctx, TABLES, "table.draft_discarded", [row.key for row in rows])


@dataclass(frozen=True)
class PublishTableDraft:
    """A draft to publish, by the key of its table: `why` says what changed and why, `seen` which revision was looked at (0: any)."""

    key: str
    why: str = ""
    seen: int = 0


@command("decisions.publish_draft", row=PublishTableDraft, roles=["administrator"])
def publish_draft(ctx: Context, rows: Sequence[PublishTableDraft]) -> Outcome:
    """Publish drafts of tables: from then on they decide; refused while a problem is an error, and when nothing has changed."""

    def publish(drafts: Mapping[int, Any]) -> Outcome:
        drawn = [PublishTable(one.xml, one.subject_type, rows[index].why.strip()) for index, one in drafts.items()]
        return ctx.run("decisions.publish", drawn, partial=ctx.partial)

    looked_at = [(row.key, row.seen) for row in rows]
    return scratch.publish(ctx, TABLES, "table.draft_published", looked_at, same_as, publish)

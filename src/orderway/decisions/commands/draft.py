"""Drawing a table before it counts: keep a draft, throw it away, publish it. The same scratch paper as the drafts of maps."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from orderway.dmn.model import Decision
from orderway.dmn.reading import DmnError, as_utf8, read
from orderway.kernel.context import Context
from orderway.kernel.events import Fact
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import command, subject
from orderway.kernel.sql import statements

from .. import facts
from ..drawing import same_as
from .publish import PublishTable

SQL = statements("decisions", "draft")
KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,79}\Z")
DRAWING = ["administrator", "manager"]
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
    drafts = {row.key: row for row in ctx.fetch(SQL.lock, keys=[row.key for row in rows])}
    times = Counter(row.key for row in rows)
    refused = []
    for index, row in enumerate(rows):
        there = drafts.get(row.key)
        code, said = ("table-twice", {"table": row.key}) if times[row.key] > 1 else _unfit(row)
        if not code and row.seen != (there.revision if there else 0):
            code, said = "table-changed", _who(there)
        if code:
            refused.append(Refusal(code, index, said))
    out = {refusal.subject for refusal in refused}
    good = [row for index, row in enumerate(rows) if index not in out]
    if ctx.halts(refused) or not good:
        return Outcome(refused=refused)
    saved = ctx.fetch(
        SQL.save,
        keys=[row.key for row in good],
        subjects=[row.subject for row in good],
        xml=[row.xml for row in good],
        seen=[row.seen for row in good],
    )
    kept = {row.key: row for row in saved}
    # two who save the first draft of a table at once: the slower one locked nothing above and wrote nothing here
    late = [index for index, row in enumerate(rows) if index not in out and row.key not in kept]
    refused += [Refusal("table-changed", index, _who(None)) for index in late]
    _record(ctx, "table.drafted", [row for row in saved if row.key not in drafts])
    done = [kept[row.key].id for row in good if row.key in kept]
    return Outcome(done, refused, {"revisions": {row.key: row.revision for row in saved}})


def _unfit(row: SaveTable) -> tuple[str, dict[str, Any]]:
    """Why a drawn table cannot even be kept."""
    if not KEY.match(row.key):
        return "bad-table-key", {"table": row.key}
    if not facts.types_of(row.subject):
        return "unknown-subject", {"subject": row.subject}
    try:
        elements = read(row.xml.encode("utf-8", "surrogatepass")).elements
    except DmnError as error:
        return "not-dmn", {"reason": str(error)}
    if not isinstance(elements.get(row.key), Decision):
        drawn = [one.id for one in elements.values() if isinstance(one, Decision)]
        return "other-table", {"table": row.key, "drawn": drawn}
    return "", {}


def _who(draft: Any) -> dict[str, Any]:
    return {"by": draft.saved_by if draft else "", "revision": draft.revision if draft else 0}


def _record(ctx: Context, event: str, drafts: Sequence[Any]) -> None:
    said = [Fact(draft.id, draft.id, says={"table": draft.key, "revision": draft.revision}) for draft in drafts]
    ctx.record(event, "table_draft", said)


@dataclass(frozen=True)
class DiscardTable:
    """A draft to throw away, by the key of its table; what is published stays."""

    key: str


@command("decisions.discard_draft", row=DiscardTable, roles=DRAWING)
def discard_draft(ctx: Context, rows: Sequence[DiscardTable]) -> Outcome:
    """Throw drafts of tables away; the published version stays as it is."""
    drafts = {row.key: row for row in ctx.fetch(SQL.lock, keys=[row.key for row in rows])}
    refused = [
        Refusal("unknown-table-draft", index, {"table": row.key})
        for index, row in enumerate(rows)
        if row.key not in drafts
    ]
    if ctx.halts(refused) or not drafts:
        return Outcome(refused=refused)
    ids = [draft.id for draft in drafts.values()]
    ctx.fetch(SQL.remove, ids=ids)
    _record(ctx, "table.draft_discarded", list(drafts.values()))
    return Outcome(ids, refused)


@dataclass(frozen=True)
class PublishTableDraft:
    """A draft to publish, by the key of its table: `why` says what changed and why, `seen` which revision was looked at (0: any)."""

    key: str
    why: str = ""
    seen: int = 0


@command("decisions.publish_draft", row=PublishTableDraft, roles=["administrator"])
def publish_draft(ctx: Context, rows: Sequence[PublishTableDraft]) -> Outcome:
    """Publish drafts of tables: from then on they decide; refused while a problem is an error, and when nothing has changed."""
    drafts = {row.key: row for row in ctx.fetch(SQL.lock, keys=[row.key for row in rows])}
    same = same_as(ctx, list(drafts.values()))
    refused = [refusal for index, row in enumerate(rows) if (refusal := _not_there(index, row, drafts, same))]
    out = {refusal.subject for refusal in refused}
    given = {row.key: (index, row) for index, row in enumerate(rows) if index not in out}
    if ctx.halts(refused) or not given:
        return Outcome(refused=refused)
    drawn = [
        PublishTable(drafts[key].xml, drafts[key].subject_type, row.why.strip()) for key, (_, row) in given.items()
    ]
    outcome = ctx.run("decisions.publish", drawn, partial=ctx.partial)
    places = [index for index, _ in given.values()]
    refused += [Refusal(one.code, places[one.subject or 0], one.facts) for one in outcome.refused]
    out = {refusal.subject for refusal in refused}
    gone = [drafts[key] for key, (index, _) in given.items() if index not in out]
    if ctx.halts(refused) or not gone:
        return Outcome(refused=refused)
    ctx.fetch(SQL.remove, ids=[draft.id for draft in gone])
    _record(ctx, "table.draft_published", gone)
    return Outcome(outcome.done, refused)


def _not_there(index: int, row: PublishTableDraft, drafts: Any, same: Mapping[str, int]) -> Refusal | None:
    draft = drafts.get(row.key)
    if draft is None:
        return Refusal("unknown-table-draft", index, {"table": row.key})
    if row.seen and row.seen != draft.revision:
        return Refusal("table-changed", index, _who(draft))
    if row.key in same:
        return Refusal("nothing-changed", index, {"table": row.key, "number": same[row.key]})
    return None

"""Keeping what was read, and recognising who and what is meant."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from orderway.kernel.context import Context
from orderway.kernel.events import Fact
from orderway.kernel.outcome import Outcome
from orderway.kernel.registry import Ref, command
from orderway.kernel.sql import statements

from ..drafts import DRAFT, OrderDraft, Status
from ..reasons import Reason, to_text, without_nul
from ..recognition import Asked, Known, understand
from ..refusing import one_of_several
from .take_in import DESK, lock

SQL = statements("capture", "intake")
# of what was read the events hold the outcome; the draft follows from the original
_TOLD = ("state", "kind", "reasons", "customer_id")


@dataclass(frozen=True)
class ReadInput:
    """What a reader made of an input: `order`, `review` or `rejected`, the kind of document, why, and the orders in it."""

    id: int
    status: Status
    kind: str
    reasons: Sequence[Reason] = ()
    drafts: Sequence[OrderDraft] = ()


class Written(NamedTuple):
    """What an intake comes to hold after a reading."""

    intake: Any
    position: int
    state: str
    kind: str
    reasons: str
    draft: OrderDraft | None
    known: Known | None

    def columns(self) -> dict[str, Any]:
        known = self.known
        return {
            "position": self.position,
            "state": self.state,
            "kind": self.kind,
            "reasons": self.reasons,
            "findings": json.dumps([list(doubt) for doubt in known.doubts] if known else [], default=str),
            "draft": DRAFT.dump_json(self.draft, exclude_defaults=True).decode() if self.draft else None,
            "customer": known.customer if known else None,
            "items": _array(known.items if known else ()),
            "stated_prices": _array(known.stated_prices if known else ()),
        }


def _plain(draft: OrderDraft) -> OrderDraft:
    """The draft without the character NUL, for which PostgreSQL has no place."""
    text = DRAFT.dump_json(draft).decode()
    return DRAFT.validate_json(without_nul(text)) if "\\u0000" in text else draft


def _array(values: Sequence[Any]) -> str:
    """A PostgreSQL array literal: rows of arrays of different lengths cannot be unnested as they are."""
    return "{" + ",".join("null" if value is None else str(value).lower() for value in values) + "}"


@command("capture.read", row=ReadInput)
def read(ctx: Context, rows: Sequence[ReadInput]) -> Outcome:
    """Keep what was read of inputs; an order that is clear in every line is placed by itself. Only the reading job does this."""
    given = {row.id: row for row in rows}
    may, refused = lock(ctx, "read", list(given))
    if ctx.halts(refused) or not may:
        return Outcome(refused=refused)
    drafts = [(intake, _plain(draft)) for intake in may for draft in given[intake.id].drafts]
    known = understand(ctx, [Asked(draft, intake.sender) for intake, draft in drafts])
    of_intake: dict[int, list[tuple[OrderDraft, Known]]] = {}
    for (intake, draft), what in zip(drafts, known, strict=True):
        of_intake.setdefault(intake.id, []).append((draft, what))
    written = [w for intake in may for w in _written(intake, given[intake.id], of_intake.get(intake.id, []))]
    keep(ctx, written)
    return Outcome([intake.id for intake in may], refused)


def _written(intake: Any, row: ReadInput, drafts: Sequence[tuple[OrderDraft, Known]]) -> list[Written]:
    why = to_text(row.reasons)
    if not drafts:
        state = "rejected" if row.status == "rejected" else "review"
        return [Written(intake, 1, state, row.kind, why, None, None)]
    clear = row.status == "order" and not row.reasons
    return [
        Written(intake, position, "recognised" if clear and not known.doubts else "review", row.kind, why, draft, known)
        for position, (draft, known) in enumerate(drafts, 1)
    ]  # fmt: skip


def keep(ctx: Context, written: Sequence[Written]) -> None:
    """Write readings: the first order of a file into its intake, the others into intakes of their own; record them by outcome."""
    firsts = [w for w in written if w.position == w.intake.position]
    further = [w for w in written if w.position != w.intake.position]
    heads = [w.columns() for w in firsts]
    ctx.fetch(
        SQL.note_reading,
        id=[w.intake.id for w in firsts],
        **{name: [head[name] for head in heads] for name in _names() if name != "position"},
    )
    made: dict[int, int] = {}
    if further:
        tails = [w.columns() for w in further]
        rows = ctx.fetch(
            SQL.insert_further,
            first=[w.intake.id for w in further],
            **{name: [tail[name] for tail in tails] for name in _names() if name != "kind"},
        )
        made = {at: row.id for at, row in enumerate(rows)}
    ids = [(w.intake.id, w) for w in firsts] + [(made[at], w) for at, w in enumerate(further)]
    _record(ctx, ids)


def _names() -> tuple[str, ...]:
    return ("position", "state", "kind", "reasons", "findings", "draft", "customer", "items", "stated_prices")


def _record(ctx: Context, written: Sequence[tuple[int, Written]]) -> None:
    by_event: Mapping[str, str] = {
        "intake.recognised": "recognised",
        "intake.questioned": "review",
        "intake.rejected": "rejected",
    }
    for event, state in by_event.items():
        facts = [_fact(id, w) for id, w in written if w.state == state]
        ctx.record(event, "intake", facts)  # one a state


def _fact(id: int, w: Written) -> Fact:
    new = {
        "state": w.state,
        "kind": w.kind,
        "reasons": json.loads(w.reasons),
        "customer_id": w.known.customer if w.known else None,
    }
    old = {name: getattr(w.intake, name) for name in _TOLD} if id == w.intake.id else {}
    old |= {"reasons": json.loads(w.intake.reasons)} if old else {}
    says = {"position": w.position, "doubts": [doubt.code for doubt in w.known.doubts] if w.known else []}
    return Fact(id, w.intake.message_id, old, new, says)


@command("capture.reread", roles=DESK)
def reread(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """Read inputs again, because something was mended meanwhile: a mapping was taught, a reader learnt more."""
    may, refused = lock(ctx, "reread", [row.id for row in rows])
    more, several = whole_files(ctx, may)
    refused += several
    if ctx.halts(refused) or not more:
        return Outcome(refused=refused)
    back_to_reading(ctx, more)
    return Outcome([intake.id for intake in more], refused)


def whole_files(ctx: Context, intakes: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    """The intakes that stand for a whole file, and refusals for those that are one order of several."""
    counted = {row.id: row.of_file for row in ctx.fetch(SQL.siblings, ids=[intake.id for intake in intakes])}
    refused = [no for intake in intakes for no in one_of_several(intake, counted[intake.id])]
    return [intake for intake in intakes if counted[intake.id] == 1], refused


def back_to_reading(ctx: Context, intakes: Sequence[Any]) -> None:
    """Locked intakes are to be read again."""
    written = [Written(intake, intake.position, "received", "", "[]", None, None) for intake in intakes]
    rows = [w.columns() for w in written]
    ctx.fetch(
        SQL.note_reading,
        id=[intake.id for intake in intakes],
        **{name: [row[name] for row in rows] for name in _names() if name != "position"},
    )
    facts = [_fact(intake.id, w) for intake, w in zip(intakes, written, strict=True)]
    ctx.record("intake.taught", "intake", facts)

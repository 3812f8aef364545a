"""What a person decides about an input: who and what is meant, that it is no order, that it is refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from orderway.kernel.context import Context
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import command
from orderway.kernel.sql import statements
from orderway.parties.commands import LearnKey
from orderway.parties.queries import terms

from ..drafts import DRAFT, OrderDraft
from ..readers.columns import FIELDS
from ..reasons import remark, to_text
from ..recognition import Asked, understand
from ..rules import OTHER_KINDS, signs, stated_keys
from .order import move
from .read import Written, back_to_reading, keep, whole_files
from .take_in import DESK, lock

SQL = statements("capture", "intake")


@dataclass(frozen=True)
class SettleInput:
    """What is meant: the customer, the item of a line (by its place, from 1), the field of a column (by its heading).

    `stated_prices` lets the customer's prices hold where they differ from ours.
    """

    id: int
    customer: int | None = None
    items: Mapping[int, int] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    stated_prices: bool = False


@command("capture.settle", row=SettleInput, roles=DESK)
def settle(ctx: Context, rows: Sequence[SettleInput]) -> Outcome:
    """Settle who and what inputs mean, and remember it; taught columns are read again, what is clear then is ordered by itself."""
    given = {row.id: row for row in rows}
    may, refused = lock(ctx, "settle", list(given))
    drafts = {intake.id: DRAFT.validate_json(intake.draft) for intake in may if intake.draft}
    whole, several = whole_files(ctx, [intake for intake in may if given[intake.id].columns])
    customers = terms(ctx, sorted({row.customer for row in rows if row.customer}))
    items = {r.id for r in ctx.fetch(SQL.known_items, ids=sorted({id for row in rows for id in row.items.values()}))}
    refused += several
    refused += [r for i in may if (r := _unfit(given[i.id], drafts.get(i.id), customers, items))]
    if ctx.halts(refused):
        return Outcome(refused=refused)
    out = {refusal.subject for refusal in refused}
    accepted = [intake for intake in may if intake.id not in out]
    _remember(ctx, [(intake, given[intake.id], drafts.get(intake.id)) for intake in accepted])
    taught = [intake for intake in whole if intake.id not in out]
    if taught:
        back_to_reading(ctx, taught)
    _again(ctx, [(i, given[i.id], drafts[i.id]) for i in accepted if i.id in drafts and not given[i.id].columns])
    return Outcome([intake.id for intake in accepted], refused)


def _unfit(row: SettleInput, draft: OrderDraft | None, customers: Mapping[int, Any], items: set[int]) -> Refusal | None:
    if row.customer and (row.customer not in customers or not customers[row.customer].is_customer):
        return Refusal("unknown-customer", row.id, {"customer": row.customer})
    places = len(draft.lines) if draft else 0
    for place, item in row.items.items():
        if item not in items or not 1 <= place <= places:
            return Refusal("unknown-item", row.id, {"position": place, "item": item})
    if wrong := [name for name in row.columns.values() if name and name not in FIELDS]:
        return Refusal("unknown-field", row.id, {"field": wrong[0], "allowed": sorted(FIELDS)})
    if draft is None and not row.columns:
        return Refusal("nothing-was-read", row.id)
    return None


def _remember(ctx: Context, settled: Sequence[tuple[Any, SettleInput, OrderDraft | None]]) -> None:
    """Keep what was taught: signs of the customer, words for items, headings of columns."""
    keys = [
        LearnKey(row.customer, *sign)
        for intake, row, draft in settled
        if row.customer and draft
        for sign in signs(draft, intake.sender)
    ]
    ctx.run("parties.learn", keys)
    words = [
        (customer, stated_keys(draft.lines[place - 1])[:1], item)
        for intake, row, draft in settled
        if draft and (customer := row.customer or intake.customer_id)
        for place, item in row.items.items()
    ]
    said = [(customer, word, item) for customer, found, item in words for word in found]
    ctx.fetch(
        SQL.remember_items,
        customer=[c for c, _, _ in said],
        stated=[w for _, w, _ in said],
        item=[i for _, _, i in said],
    )
    columns = [(intake.sender, heading, name) for intake, row, _ in settled for heading, name in row.columns.items()]
    ctx.fetch(
        SQL.remember_columns,
        sender=[sender for sender, _, _ in columns],
        heading=[heading for _, heading, _ in columns],
        field=[name for _, _, name in columns],
    )


def _again(ctx: Context, settled: Sequence[tuple[Any, SettleInput, OrderDraft]]) -> None:
    """Recognise anew what was settled; nothing doubtful left: it is on its way to an order."""
    if not settled:
        return
    asked = [
        Asked(draft, intake.sender, row.customer or intake.customer_id, _items(intake, row), row.stated_prices)
        for intake, row, draft in settled
    ]
    known = understand(ctx, asked)
    written = [
        Written(
            i,
            i.position,
            "review" if what.doubts or i.reasons != "[]" else "recognised",
            i.kind,
            i.reasons,
            draft,
            what,
        )
        for (i, _, draft), what in zip(settled, known, strict=True)
    ]
    keep(ctx, written)


def _items(intake: Any, row: SettleInput) -> dict[int, int]:
    before = {place: item for place, item in enumerate(intake.items, 1) if item is not None}
    return {**before, **row.items}


@dataclass(frozen=True)
class DismissInput:
    """An input that is no order, and what it is."""

    id: int
    kind: str = "other"


@command("capture.dismiss", row=DismissInput, roles=DESK)
def dismiss(ctx: Context, rows: Sequence[DismissInput]) -> Outcome:
    """Set inputs aside that are no orders, each with what it is."""
    kinds = {row.id: row.kind for row in rows}
    may, refused = lock(ctx, "dismiss", list(kinds))
    refused += [
        Refusal("unknown-kind", i.id, {"kind": kinds[i.id], "allowed": list(OTHER_KINDS)})
        for i in may
        if kinds[i.id] not in OTHER_KINDS
    ]
    out = {refusal.subject for refusal in refused}
    accepted = [intake for intake in may if intake.id not in out]
    if ctx.halts(refused) or not accepted:
        return Outcome(refused=refused)
    new = {i.id: {"state": "not_an_order", "dismissed_as": kinds[i.id]} for i in accepted}
    move(ctx, "intake.dismissed", accepted, new, {})
    return Outcome([intake.id for intake in accepted], refused)


@dataclass(frozen=True)
class RejectInput:
    """An input to refuse, and why."""

    id: int
    reason: str


@command("capture.reject", row=RejectInput, roles=DESK)
def reject(ctx: Context, rows: Sequence[RejectInput]) -> Outcome:
    """Refuse inputs with a reason; the original stays where it is."""
    reasons = {row.id: row.reason.strip() for row in rows}
    may, refused = lock(ctx, "reject", list(reasons))
    refused += [Refusal("reason-missing", i.id) for i in may if not reasons[i.id]]
    accepted = [intake for intake in may if reasons[intake.id]]
    if ctx.halts(refused) or not accepted:
        return Outcome(refused=refused)
    new = {
        i.id: {"state": "rejected", "reasons": to_text([remark("as-written", text=reasons[i.id])])} for i in accepted
    }
    move(ctx, "intake.rejected", accepted, new, {})
    return Outcome([intake.id for intake in accepted], refused)

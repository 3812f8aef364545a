"""Making orders of what came in."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from orderway.documents.commands import LinkDocument
from orderway.kernel.context import Context
from orderway.kernel.events import Fact
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import Ref, command
from orderway.kernel.sql import statements
from orderway.orders.commands.place import PlaceLine, PlaceOrder

from ..drafts import DRAFT, OrderDraft
from ..refusing import unready
from ..rules import order_channel
from .take_in import DESK, lock

SQL = statements("capture", "intake")
STANDING = ("state", "reasons", "findings", "dismissed_as", "order_id")


@command("capture.order", roles=DESK)
def order(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """Make orders of inputs whose customer and items are known; the papers go along. What cannot be placed goes to review."""
    may, refused = lock(ctx, "order", [row.id for row in rows])
    drafts = {intake.id: DRAFT.validate_json(intake.draft) for intake in may if intake.draft}
    lacking = [no for intake in may for no in unready(intake, drafts.get(intake.id))]
    out = {refusal.subject for refusal in lacking}
    ready = [intake for intake in may if intake.id not in out]
    wanted = [_wanted(intake, drafts[intake.id]) for intake in ready]
    placed = ctx.run("orders.place", wanted, partial=True)
    unplaced = {int(r.subject or 0): Refusal(r.code, ready[r.subject or 0].id, r.facts) for r in placed.refused}
    refused += [*lacking, *unplaced.values()]
    if ctx.halts(refused):
        return Outcome(refused=refused)
    done = [intake for at, intake in enumerate(ready) if at not in unplaced]
    if done:
        _write(ctx, done, dict(zip((i.id for i in done), placed.done, strict=True)), placed.values["numbers"])
    _to_review(ctx, [(intake, unplaced[at]) for at, intake in enumerate(ready) if at in unplaced])
    # what was not placed waits in the inbox with its reason: that is dealt with too
    settled = {refusal.subject for refusal in unplaced.values()}
    left = [refusal for refusal in refused if refusal.subject not in settled]
    return Outcome([intake.id for intake in ready], left, {"orders": list(placed.done)})


def _wanted(intake: Any, draft: OrderDraft) -> PlaceOrder:
    delivery = draft.delivery
    elsewhere = bool(delivery.street or delivery.city)
    lines = zip(draft.lines, intake.items, intake.stated_prices, strict=True)
    return PlaceOrder(
        customer=intake.customer_id,
        lines=[
            PlaceLine(
                item=item,
                quantity=line.quantity,
                price=line.price if stated else None,
                description=line.description,
                requested_on=line.requested_on,
            )
            for line, item, stated in lines
            if line.quantity is not None
        ],
        channel=order_channel(intake.kind, intake.channel),
        their_reference=draft.reference or draft.number,
        ordered_on=draft.ordered_on,
        requested_on=draft.requested_on,
        ship_name=delivery.name if elsewhere else "",
        ship_street=delivery.street,
        ship_postcode=delivery.postcode,
        ship_city=delivery.city,
        ship_country=delivery.country if elsewhere and len(delivery.country) == 2 else "",
        instruction=draft.note,
    )


def _write(ctx: Context, done: Sequence[Any], orders: Mapping[int, int], numbers: Sequence[str]) -> None:
    """The originals belong to the orders too: the message and the file of it that was read."""
    rows = ctx.fetch(SQL.originals, messages=sorted({intake.message_id for intake in done}))
    originals = {row.message_id: row.document_id for row in rows}
    links = [
        LinkDocument(document, "order", orders[intake.id])
        for intake in done
        for document in dict.fromkeys((originals.get(intake.message_id, intake.document_id), intake.document_id))
    ]
    ctx.run("documents.link", links)
    new = {intake.id: {"state": "order", "order_id": orders[intake.id]} for intake in done}
    says = {i.id: {"order": orders[i.id], "number": number} for i, number in zip(done, numbers, strict=True)}
    move(ctx, "intake.ordered", done, new, says)


def _to_review(ctx: Context, troubled: Sequence[tuple[Any, Refusal]]) -> None:
    if troubled:
        new = {
            intake.id: {"state": "review", "findings": json.dumps([[r.code, dict(r.facts)]], default=str)}
            for intake, r in troubled
        }
        move(ctx, "intake.questioned", [intake for intake, _ in troubled], new, {})


def move(
    ctx: Context,
    event: str,
    intakes: Sequence[Any],
    new: Mapping[int, Mapping[str, Any]],
    says: Mapping[int, Mapping[str, Any]],
) -> None:
    """Write what became of locked intakes, and record old and new."""
    old = {intake.id: {name: getattr(intake, name) for name in STANDING} for intake in intakes}
    full = {id: {**old[id], **new[id]} for id in old}
    ctx.fetch(SQL.move, id=list(full), **{name: [row[name] for row in full.values()] for name in STANDING})
    facts = []
    for intake in intakes:
        before = old[intake.id]
        after = {k: v for k, v in new[intake.id].items() if k != "findings" and v != before[k]}
        told = {name: before[name] for name in after}
        facts.append(Fact(intake.id, intake.message_id, _plain(told), _plain(after), says.get(intake.id, {})))
    ctx.record(event, "intake", facts)


def _plain(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Columns as events hold them: JSON as what it says, not as its text."""
    return {name: json.loads(value) if name == "reasons" else value for name, value in columns.items()}

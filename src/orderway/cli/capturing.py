"""`orderway capture`: take files in, and say what is read of them."""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from orderway.capture.drafts import OrderDraft, PartyDraft, Reading
from orderway.capture.readers.jail import read_all_apart
from orderway.capture.reasons import as_json as reason_as_json
from orderway.capture.reasons import remark


def capture(files: Sequence[Path], dry: bool, as_json: bool, say: Callable[[str], None]) -> bool:
    """Take the files in unless `dry`, read each in a child process and `say` one line a file; True when every one was dealt with."""
    contents = [(path, path.read_bytes()) for path in files]
    refused = {} if dry else _take_in(contents)
    readings = read_all_apart((path.name, data) for path, data in contents)
    for (path, _), reading in zip(contents, readings, strict=True):
        told = (
            Reading("rejected", "untaken", (remark("as-written", text=refused[path]),)) if path in refused else reading
        )
        say(json.dumps(as_object(path, told), ensure_ascii=False) if as_json else as_line(path, told))
    return not refused


def _take_in(contents: Sequence[tuple[Path, bytes]]) -> dict[Path, str]:
    """Store and commit every file; why some were not taken."""
    from orderway.capture.inlets import inlet_actor, receive

    actor = inlet_actor()
    outcomes = [(path, receive(actor, path.name, data, "command-line")) for path, data in contents]
    return {path: outcome.refused[0].code for path, outcome in outcomes if outcome.refused}


def as_object(path: Path, reading: Reading) -> dict[str, Any]:
    """What `--json` prints of a file: decimals as text, days as YYYY-MM-DD, null for what the file does not state.

    `reason` says in English what `reasons` say as codes with facts.

    A file with several orders has all of them under `orders` and the first under `order`.
    """
    told: dict[str, Any] = {
        "file": str(path),
        "status": reading.status,
        "reason": reading.reason,
        "kind": reading.kind,
    }
    if reading.reasons:
        told["reasons"] = [reason_as_json(reason) for reason in reading.reasons]
    orders = [_order(draft) for draft in reading.drafts]
    if orders:
        told["order"] = orders[0]
    if len(orders) > 1:
        told["orders"] = orders
    return told


def _order(draft: OrderDraft) -> dict[str, Any]:
    lines = [
        {
            "item": line.item,
            "description": line.description,
            "quantity": _text(line.quantity),
            "unit": line.unit,
            "price": _text(line.price),
            "amount": _text(line.amount),
            "requested_on": _text(line.requested_on or draft.requested_on),
        }
        for line in draft.lines
    ]
    return {
        "number": draft.number,
        "reference": draft.reference or draft.number,
        "customer": _name(draft.customer),
        "currency": draft.currency,
        "ordered_on": _text(draft.ordered_on),
        "lines": lines,
        "total": _text(draft.total),
    }


def _name(party: PartyDraft) -> str:
    """The name, else the first number the party is stated by."""
    return party.name or next((value for _, value in party.ids), "")


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def as_line(path: Path, reading: Reading) -> str:
    """What people read of a file."""
    return (
        f"{path}: {reading.status} ({reading.kind}){': ' if reading.reason else ''}{reading.reason}{_numbers(reading)}"
    )


def _numbers(reading: Reading) -> str:
    def words() -> Iterator[str]:
        for draft in reading.drafts[:5]:
            yield f"{draft.number}, {len(draft.lines)} lines"
        if len(reading.drafts) > 5:
            yield f"and {len(reading.drafts) - 5} more"

    return "".join(f"; {word}" for word in words())

"""When a work item may be finished, and what of its form is kept. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any

from .conditions import Value
from .drawn import Check, Field
from .forms import typed
from .graph import Work
from .naming import said

PLAIN_OUTCOME = "done"
STORED_AS = {"number": "number", "money": "number", "date": "date", "datetime": "datetime"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """`code` and `facts` of the refusal, or "" and what to keep: form `values` (numbers and dates as text) and `sends_back`."""

    code: str = ""
    facts: Mapping[str, Any] | None = None
    values: Mapping[str, Any] | None = None
    sends_back: bool = False


def judge(
    work: Work,
    outcome: str,
    values: Mapping[str, Any],
    checks: Sequence[str],
    reason: str,
    known: Mapping[str, Value] = MappingProxyType({}),
) -> Verdict:
    """Whether a work item may be finished like this: a known outcome; sending back needs a reason and nothing else; every
    other outcome needs every check item ticked and every required field filled. A field that is not shown, for what `known` says
    beside the form (facts, earlier forms), is neither kept nor asked for."""
    ways = {one.name: one.sends_back for one in work.outcomes} or {PLAIN_OUTCOME: False}
    if outcome not in ways:
        return Verdict("unknown-outcome", {"outcome": outcome, "allowed": list(ways)})
    sends_back = ways[outcome]
    if sends_back and not reason.strip():
        return Verdict("reason-missing", {"outcome": outcome})
    kept, wrong = filled(work.fields, values)
    if wrong:
        return Verdict("field-invalid", {"fields": wrong, "labels": _labels(work.fields, wrong)})
    hidden = unseen(work, kept, known)
    kept = {name: value for name, value in kept.items() if name not in hidden}
    if not sends_back:
        unchecked = [check.name for check in work.checks if check.name not in checks]
        empty = [
            field.name
            for field in work.fields
            if field.required and field.name not in hidden and kept.get(field.name) is None
        ]
        if empty or unchecked:
            labels = _labels(work.fields, empty) + _labels(work.checks, unchecked)
            return Verdict("incomplete", {"fields": empty, "checks": unchecked, "labels": labels})
    return Verdict(values=kept, sends_back=sends_back)


def _labels(known: Sequence[Field | Check], names: Sequence[str]) -> list[str]:
    """What fields or check items are called on the form; what is none of them by its name."""
    labels = {one.name: said(one.label) for one in known}
    return [labels.get(name) or name for name in names]


def unseen(work: Work, values: Mapping[str, Any], known: Mapping[str, Value]) -> frozenset[str]:
    """The fields of a step that are not shown for the `values` filled in now (as stored) and what is `known` beside them."""
    if not work.form.shown:
        return frozenset()
    kinds = {field.name: STORED_AS.get(field.type, "string") for field in work.fields}
    now = {name: typed(value, kinds[name]) for name, value in values.items() if name in kinds}
    return work.form.hidden(work.fields, {**known, **now})


def filled(fields: Sequence[Field], values: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The values to keep by field (an empty one as None), and the names that are no field or do not fit their type."""
    known = {field.name: field for field in fields}
    kept: dict[str, Any] = {}
    wrong = sorted(values.keys() - known.keys())
    for name in known.keys() & values.keys():
        try:
            kept[name] = _fit(known[name], values[name])
        except (ValueError, InvalidOperation):
            wrong.append(name)
    return kept, wrong


def _fit(field: Field, value: Any) -> Any:
    """`value` as it is stored in JSON; ValueError or InvalidOperation when it does not fit the field."""
    if value is None or value == "":
        return None
    if field.type == "boolean":
        if not isinstance(value, bool):
            raise ValueError(value)
        return value
    text = str(value).strip()
    if field.type == "number":
        number = Decimal(text)
        if isinstance(value, bool) or not number.is_finite():
            raise ValueError(value)
        return str(number)
    if field.type == "money":
        amount = Decimal(text)
        if isinstance(value, bool) or not amount.is_finite() or amount != round(amount, 3):
            raise ValueError(value)
        return str(amount)
    if field.type == "date":
        return date.fromisoformat(text).isoformat()
    if field.type == "datetime":
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError(value)
        return moment.astimezone(UTC).isoformat()
    if field.type == "file" and not (text.isdecimal() and text.isascii()):
        raise ValueError(value)
    if field.type == "choice" and text not in field.choices:
        raise ValueError(value)
    return text


@dataclass(frozen=True, slots=True)
class Hand:
    """How somebody may take hold of a work item: the refusal `code` when they may not, and whom they stand for (None: themselves)."""

    code: str = ""
    stands_for: int | None = None


def hand(
    role: str,
    assignee: int | None,
    actor: int,
    roles: Collection[str],
    stood_for: Sequence[tuple[int, Collection[str]]],
) -> Hand:
    """Whether a person may decide an open work item, as themselves or for somebody away (person, roles; the nearest first).

    As oneself: the role is theirs and nobody else has taken it. For somebody away: what these have taken, or could take. Work
    without a role is for its assignee by name, and for who stands in for them.
    """
    if (not role or role in roles) and assignee in (None, actor):
        return Hand()
    for person, theirs in stood_for:
        if (not role or role in theirs) and assignee in (None, person):
            return Hand(stands_for=person)
    return Hand("not-your-role" if role and role not in roles else "somebody-else-has-it")

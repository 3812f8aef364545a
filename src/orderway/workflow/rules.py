"""When a work item may be finished, and what of its form is kept. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from .bpmn import Field
from .graph import Work

PLAIN_OUTCOME = "done"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`code` and `facts` of the refusal, or "" and what to keep: form `values` (numbers and dates as text) and `sends_back`."""

    code: str = ""
    facts: Mapping[str, Any] | None = None
    values: Mapping[str, Any] | None = None
    sends_back: bool = False


def judge(work: Work, outcome: str, values: Mapping[str, Any], checks: Sequence[str], reason: str) -> Verdict:
    """Whether a work item may be finished like this: a known outcome; sending back needs a reason and nothing else; every
    other outcome needs every check item ticked and every required field filled."""
    known = {one.name: one.sends_back for one in work.outcomes} or {PLAIN_OUTCOME: False}
    if outcome not in known:
        return Verdict("unknown-outcome", {"outcome": outcome, "allowed": list(known)})
    sends_back = known[outcome]
    if sends_back and not reason.strip():
        return Verdict("reason-missing", {"outcome": outcome})
    kept, wrong = filled(work.fields, values)
    if wrong:
        return Verdict("field-invalid", {"fields": wrong})
    if not sends_back:
        unchecked = [check.name for check in work.checks if check.name not in checks]
        if unchecked:
            return Verdict("check-missing", {"checks": unchecked})
        empty = [field.name for field in work.fields if field.required and kept.get(field.name) is None]
        if empty:
            return Verdict("field-missing", {"fields": empty})
    return Verdict(values=kept, sends_back=sends_back)


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
    if field.type == "date":
        return date.fromisoformat(text).isoformat()
    if field.type == "choice" and text not in field.choices:
        raise ValueError(value)
    return text

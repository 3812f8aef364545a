"""The form of a step: which of its fields are shown, and what stands in them before anybody types. Pure.

`visible` and `default` of a field are expressions over facts and form fields in the language of conditions.py.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from .conditions import Condition, ConditionError, FactType, Value, parse
from .drawn import Field
from .expressions import Expression, read

NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Form:
    """The expressions of a step's form by field: conditions under which it is shown, and defaults; `names` are all they rest on."""

    shown: Mapping[str, Condition] = field(default_factory=lambda: NOTHING)
    defaults: Mapping[str, Expression] = field(default_factory=lambda: NOTHING)
    names: frozenset[str] = frozenset()

    def hidden(self, fields: Sequence[Field], values: Mapping[str, Value]) -> frozenset[str]:
        """The fields that are not shown for these values, judged in their order: a hidden one counts as empty for the next."""
        known = {**dict.fromkeys(self.names), **values}
        hidden = set()
        for one in fields:
            condition = self.shown.get(one.name)
            if condition is not None and condition.test(known) is not True:
                hidden.add(one.name)
                known[one.name] = None
        return frozenset(hidden)


NO_FORM = Form()


def read_form(fields: Sequence[Field], types: Mapping[str, FactType]) -> tuple[Form, list[tuple[str, str]]]:
    """The form of fields, and for each expression that cannot be read the field and why."""
    shown: dict[str, Condition] = {}
    defaults: dict[str, Expression] = {}
    wrong: list[tuple[str, str]] = []
    for one in fields:
        try:
            if one.visible:
                shown[one.name] = parse(one.visible, types)
            if one.default:
                defaults[one.name] = _default(one.default, types, types.get(one.name, "string"))
        except ConditionError as error:
            wrong.append((one.name, str(error)))
    named = [condition.names for condition in shown.values()] + [default.names for default in defaults.values()]
    if not shown and not defaults:
        return NO_FORM, wrong
    return Form(shown, defaults, frozenset().union(*named)), wrong


def _default(text: str, types: Mapping[str, FactType], wanted: str) -> Expression:
    default = read(text, types)
    if default.type != wanted:
        raise ConditionError(f"expected a {wanted}", 0)
    return default


def typed(value: Any, kind: str) -> Value:
    """A form value as stored in JSON (numbers and dates as text, so that nothing becomes a float) in its own type."""
    if value is None:
        return None
    if kind == "number":
        return Decimal(value)
    if kind == "datetime":
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if kind == "date" else value


def stored(value: Value) -> Any:
    """A value as a form keeps it in JSON: numbers, dates and moments as text."""
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, bool) else str(value)


def asked_of(form: Form, types: Mapping[str, FactType]) -> Iterator[str]:
    """The facts among the names of a form: those that are no form fields (`types` are these)."""
    return (name for name in form.names if name not in types)

"""The closure of an expression and its SQL say the same of the same row, on the real database."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderway.feel import Compiler, FeelError, read
from orderway.feel.facts import given as as_python
from orderway.feel.facts import taken
from orderway.feel.sql import SQL_TYPES, Written
from orderway.feel.typed import FactType, check
from orderway.kernel.sql import fetch

TYPES: Mapping[str, FactType] = {
    "net total": "number", "discount": "number", "rush": "boolean", "in stock": "boolean",
    "channel": "string", "due date": "date", "placed at": "datetime",
}  # fmt: skip
COLUMNS = {name: "f." + name.replace(" ", "_") for name in TYPES}
FACTS: dict[str, st.SearchStrategy[Any]] = {
    "number": st.decimals(-(10**6), 10**6, places=4) | st.sampled_from([D(0), D("0.0"), D("-0"), D(5)]),
    "boolean": st.booleans(),
    "string": st.text(st.characters(codec="utf-8", exclude_characters="\0", categories=("L", "N", "P", "Zs")), max_size=4),
    "date": st.dates(date(2025, 12, 30), date(2026, 1, 2)),
    "datetime": st.integers(-2_000_000, 2_000_000).map(lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(microseconds=n)),
}  # fmt: skip
ROWS = st.fixed_dictionaries({name: st.none() | FACTS[kind] for name, kind in TYPES.items()})


def written(value: Any) -> str:
    match value:
        case None | bool():
            return {None: "null", True: "true", False: "false"}[value]
        case str():
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        case datetime():
            return f'date and time("{value.replace(tzinfo=None).isoformat()}Z")'
        case date():
            return f'date("{value}")'
    return format(value, "f")


@st.composite
def expressions(draw: st.DrawFn, kind: str, depth: int = 2) -> str:
    """An expression of one type; within brackets, so that it may stand anywhere."""
    leaves = st.sampled_from([name for name, one in TYPES.items() if one == kind])
    leaves |= FACTS[kind].map(written)
    if depth == 0:
        return draw(leaves)

    def inner(of: str) -> str:
        return draw(expressions(of, depth - 1))

    ways = {
        "number": ["sum", "function", "if"], "boolean": ["compare", "logic", "in", "between", "function", "if"],
    }.get(kind, ["if"])  # fmt: skip
    way = draw(st.sampled_from([*ways, "leaf"]))
    if way == "sum":
        return (
            f"({inner('number')} {draw(st.sampled_from('+-*'))} {inner('number')})"
            if depth < 2
            else f"(-{inner('number')})"
        )
    if way == "if":
        return f"(if {inner('boolean')} then {inner(kind)} else {inner(kind)})"
    if way == "function" and kind == "number":
        name = draw(st.sampled_from(["abs", "floor", "ceiling", "string length"]))
        return f"{name}({inner('string' if name == 'string length' else 'number')})"
    if way == "function":
        return (
            f"{draw(st.sampled_from(['contains', 'starts with', 'ends with']))}({inner('string')}, {inner('string')})"
        )
    if way == "logic":
        return f"({inner('boolean')} {draw(st.sampled_from(['and', 'or']))} not({inner('boolean')}))"
    other = draw(st.sampled_from([one for one in FACTS if one != "boolean"]))
    if way == "compare":
        return f"({inner(other)} {draw(st.sampled_from(['=', '!=', '<', '<=', '>', '>=']))} {inner(other)})"
    if way == "between":
        return f"({inner(other)} between {inner(other)} and {inner(other)})"
    if way == "in":
        low, high = sorted([draw(FACTS[other]), draw(FACTS[other])])
        span = f"{draw(st.sampled_from('[('))}{written(low)}..{written(high)}{draw(st.sampled_from('])'))}"
        return (
            f"({inner(other)} in ({inner(other)}, {draw(st.sampled_from(['<', '>=', '!=']))} {inner(other)}, {span}))"
        )
    return draw(leaves)


@settings(deadline=None, max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.sampled_from(sorted(FACTS)).flatmap(expressions), row=ROWS)
def test_closure_and_sql_agree(db: None, text: str, row: dict[str, Any]) -> None:
    tree = read(text, TYPES)
    typed = check(tree, TYPES)
    form = Written(COLUMNS, "rule")
    sql = form.truth(typed)
    source = ", ".join(
        f"%({name.replace(' ', '_')})s::{SQL_TYPES[kind]} as {name.replace(' ', '_')}" for name, kind in TYPES.items()
    )
    values = {name.replace(" ", "_"): value for name, value in row.items()}
    statement = f"select ({sql})::{SQL_TYPES[typed.type]} as found from (select {source}) as f"  # noqa: S608
    (found,) = fetch(statement, {**values, **form.parameters})
    assert as_python(Compiler().compile(tree)({name: taken(value) for name, value in row.items()})) == found.found, sql


def test_the_other_sign_takes_no_digit():
    assert check(read("-(net total * net total)", TYPES), TYPES).type == "number"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("net total / discount", "/ of a number and a number cannot stand here"),
        ("net total * discount * discount", "more than 34 digits"),
        ("net total in [discount..5]", "the ends of a range must be constants"),
        ("upper case(channel)", "the function is not total"),
        ("[1, 2]", "only names, constants, comparisons and sums"),
        ("net total + channel", "+ of a number and a string"),
        ("if rush then 1 else channel", "both must be of one type"),
        ("contains(channel, 1)", "contains takes a string and a string"),
        ("due date > date(\"2026-02-30\")", "is no date like"),
        ("placed at > date and time(\"2026-01-01T00:00:00\")", "a local time cannot stand here"),
    ],
)  # fmt: skip
def test_what_is_not_total_is_refused_with_its_place(text: str, why: str) -> None:
    with pytest.raises(FeelError) as wrong:
        check(read(text, TYPES), TYPES)
    assert why in wrong.value.why
    assert 0 <= wrong.value.at < len(text)

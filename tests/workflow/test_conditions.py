"""Conditions on flows: what a person may write, and that Python and PostgreSQL read it alike."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderway.kernel.sql import fetch
from orderway.workflow.conditions import ConditionError, FactType, Value, parse

TYPES: Mapping[str, FactType] = {
    "total": "number", "limit": "number", "rush": "boolean", "paid": "boolean",
    "channel": "string", "country": "string", "due": "date", "placed": "datetime",
}  # fmt: skip
SQL_TYPES = {"number": "numeric", "boolean": "boolean", "string": "text", "date": "date", "datetime": "timestamptz"}
NOTHING: Mapping[str, Value] = dict.fromkeys(TYPES)


def holds(text: str, **facts: Value) -> bool | None:
    return parse(text, TYPES).test({**NOTHING, **facts})


def test_an_order_over_the_limit_needs_approval() -> None:
    assert holds("total > limit and not rush", total=Decimal(501), limit=Decimal(500), rush=False) is True
    assert holds("total > limit and not rush", total=Decimal(500), limit=Decimal(500), rush=False) is False
    assert holds("total > 500 or rush", total=Decimal(1), rush=True) is True


def test_and_binds_closer_than_or_and_brackets_change_it() -> None:
    facts = {"rush": True, "paid": False, "total": Decimal(1)}
    assert holds("rush or paid and total > 5", **facts) is True
    assert holds("(rush or paid) and total > 5", **facts) is False


def test_lists_ranges_and_dates_read_like_feel() -> None:
    assert holds('channel in ("edi", "mail")', channel="mail") is True
    assert holds('channel in ("edi", "mail")', channel="fax") is False
    assert holds("total between 10 and 20 and paid", total=Decimal(20), paid=True) is True
    assert holds('due < date("2026-02-01")', due=date(2026, 1, 31)) is True


def test_what_is_not_known_decides_nothing() -> None:
    assert holds("total > 5") is None
    assert holds("total > 5 and rush", rush=False) is False
    assert holds("total > 5 or rush", rush=True) is True
    assert holds("not rush") is None
    assert holds("total = null") is True
    assert holds("channel != null", channel="edi") is True


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("totl > 5", "no fact or field is called totl"),
        ("total > 'x'", "cannot read"),
        ('total > "x"', "cannot compare a number with a string"),
        ("total", "is a number, expected true or false"),
        ("total >", "expected a value"),
        ("rush < paid", "have no order"),
        ("rush and", "expected a value"),
        ("(rush", "expected ')'"),
        ("rush paid", "did not expect paid"),
        ('due = date("31.1.2026")', "is no date"),
        ("(" * 60 + "rush" + ")" * 60, "nested too deeply"),
        ("not(total)", "is a number, expected true or false"),
        ("", "expected a value"),
        ("rush or " * 400 + "rush", "longer than"),
    ],
)
def test_a_mistake_is_named_with_its_place(text: str, why: str) -> None:
    with pytest.raises(ConditionError, match=why.replace("(", r"\(").replace(")", r"\)")):
        parse(text, TYPES)


def _text(value: Value) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        case date():
            return f'date("{value}")'
        case _:
            return str(value)


VALUES: dict[str, st.SearchStrategy[Value]] = {
    "number": st.sampled_from([Decimal(n) for n in ("-1", "0", "0.10", "0.1", "5", "500.01")]),
    "boolean": st.booleans(),
    "string": st.text(
        st.characters(codec="utf-8", exclude_characters="\0", categories=("L", "N", "P", "Zs")), max_size=3
    ),
    "date": st.dates(date(2026, 1, 1), date(2026, 1, 4)),
    "datetime": st.integers(0, 5).map(lambda day: datetime(2026, 1, 1 + day, tzinfo=UTC)),
}


@st.composite
def operands(draw: st.DrawFn, kind: str) -> str:
    names = [name for name, one in TYPES.items() if one == kind]
    if kind == "datetime" or draw(st.booleans()):
        return draw(st.sampled_from(names))
    return _text(draw(st.none() | VALUES[kind]))


@st.composite
def comparisons(draw: st.DrawFn) -> str:
    kind = draw(st.sampled_from(sorted(VALUES)))
    one = operands(kind)
    signs = ["=", "!="] if kind == "boolean" else ["=", "!=", "<", "<=", ">", ">="]
    match draw(st.integers(0, 3 if kind != "boolean" else 2)):
        case 0 if kind == "boolean":
            return draw(one)
        case 0 | 1:
            return f"{draw(one)} {draw(st.sampled_from(signs))} {draw(one)}"
        case 2:
            return f"{draw(one)} in ({', '.join(draw(st.lists(one, min_size=1, max_size=3)))})"
        case _:
            return f"{draw(one)} between {draw(one)} and {draw(one)}"


def _joined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pairs = st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda p: f"({p[0]}) {p[1]} ({p[2]})")
    return pairs | inner.map(lambda text: f"not ({text})") | inner.map(lambda text: f"not {text}")


CONDITIONS = st.recursive(comparisons(), _joined, max_leaves=8)
FACTS = st.fixed_dictionaries({name: st.none() | VALUES[kind] for name, kind in TYPES.items()})


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=CONDITIONS, facts=FACTS)
def test_python_and_postgresql_always_agree(db: None, text: str, facts: dict[str, Value]) -> None:
    condition = parse(text, TYPES)
    columns = {name: f"f.{name}" for name in TYPES}
    sql, parameters = condition.sql(columns)
    row = ", ".join(f"%({name})s::{SQL_TYPES[kind]} as {name}" for name, kind in TYPES.items())
    (found,) = fetch(f"select ({sql})::boolean as truth from (select {row}) as f", {**facts, **parameters})  # noqa: S608
    assert condition.test(facts) is found.truth, sql

"""FEEL as people write it: what expressions come to, and where a mistake is named."""

import calendar
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderway.feel import FeelError, evaluate, read
from orderway.feel.builtins import BUILTINS
from orderway.feel.builtins.conversion import text_of
from orderway.feel.facts import given as as_python
from orderway.feel.facts import taken
from orderway.feel.temporal import as_text, temporal
from orderway.feel.values import Date, DaysTime, YearsMonths, date_of

LINES = [{"item": "A5", "qty": D(3)}, {"item": "A4", "qty": D(40)}]
ORDER = {"order": {"net total": D(1200), "lines": LINES, "rush": None}, "in stock": True, "order limit": D(1000)}


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("order.net total > order limit", True),
        ("in stock and order.net total between 1000 and 2000", True),
        ('order.lines[qty > 10].item', ["A4"]),
        ("sum(order.lines.qty)", D(43)),
        ("order.lines[-1].item", "A4"),
        ('some line in order.lines satisfies line.item = "A5"', True),
        ("for line in order.lines return line.qty * 2", [D(6), D(80)]),
        ("order.rush and in stock", None),
        ("order.rush and false", False),
        ('if order.rush then "today" else "tomorrow"', "tomorrow"),
        ("0.1 + 0.2 = 0.3", True),
        ("1 / 3 * 3", D("0.9999999999999999999999999999999999")),
        ("-2 ** 2", D(4)),
        ('"1" + 1', None),
        ("1 / 0", None),
        ("{net: 100, tax rate: 0.19, gross: net * (1 + tax rate)}.gross", D("119.00")),
        ('5 in (< 3, [5..9])', True),
        ("string join([\"a\", null, \"b\"], \"-\")", "a-b"),
        ('substring(string: "print order", start position: 7)', "order"),
        ('string(date("2026-01-31") + duration("P1M"))', "2026-02-28"),
        ('string(date and time("2026-03-29T00:30:00@Europe/Berlin").time offset)', "PT1H"),
        ('replace("A-5 paper", "([A-Z])-(\\d)", "$1$2")', "A5 paper"),
        ('matches("weekend", "[a-z-[aeiou]]{3}")', False),
        ('{half: function(x: number) x / 2, of: half(7)}.of', D("3.5")),
        ('sort([3, 1, 2], function(a, b) a > b)', [D(3), D(2), D(1)]),
        ('overlaps([1..5], (5..9])', False),
        ("/* net */ 1 + // one\n 1", D(2)),
        ('decimal(2.5, 0)', D(2)),
        ('round half up(2.5, 0)', D(3)),
        ('matches("Mary\\rJones", "Mary.Jones")', False),
        ('matches("Mary\\rJones", "Mary.Jones", "s")', True),
        ('matches("abcd", "(asd)[\\1]")', None),
        ('range("]18..21]") = ]18..21]', True),
        ('(>= 2) = >= 2', True),
        ('list replace([1, 2, 3], 2.5, 4)', None),
    ],
)  # fmt: skip
def test_an_expression_comes_to_what_the_standard_says(text: str, result: Any) -> None:
    assert evaluate(text, ORDER) == result


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1 +", "expected a value, found the end"),
        ("(1", "expected ')', found the end"),
        ("order total > 1", "did not expect total"),
        ("if true then 1", "expected 'else'"),
        ("1 ; 2", "cannot read ';'"),
        ("f(a: 1, 2)", "either all arguments have names or none"),
        ("(" * 100 + "1" + ")" * 100, "nested too deeply"),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str, why: str) -> None:
    with pytest.raises(FeelError) as wrong:
        read(text, ["order"])
    assert why in wrong.value.why
    assert 0 <= wrong.value.at <= len(text)


def test_the_longest_name_in_scope_is_the_one_meant() -> None:
    scope = {"order": D(1), "order date": D(2), "order-date": D(3), "date": D(9)}
    assert evaluate("order date", scope) == D(2)
    assert evaluate("order-date", scope) == D(3)
    assert evaluate("order - date", {"order": D(1), "date": D(9)}) == D(-8)


def test_a_walk_without_end_is_no_walk() -> None:
    assert evaluate("for i in 1..999999999999 return i") is None
    assert evaluate("count(for i in 1..1000 return i)") == D(1000)


@given(st.dates(), st.integers(-400, 400))
def test_days_are_counted_as_python_counts_them(day: date, months: int) -> None:
    ours = taken(day)
    assert ours.days == day.toordinal() - date(1970, 1, 1).toordinal()
    assert date_of(ours.days) == ours
    moved = evaluate("day + months", {"day": ours, "months": YearsMonths(months)})
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if 1 <= year <= 9999:
        assert moved == Date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
    assert evaluate("week of year(day)", {"day": ours}) == day.isocalendar().week
    assert evaluate("day of week(day)", {"day": ours}) == day.strftime("%A")


@given(st.integers(-999_999_999, 999_999_999), st.integers(1, 12), st.integers(1, 28))
def test_far_years_go_to_days_and_back(year: int, month: int, day: int) -> None:
    assert date_of(Date(year, month, day).days) == Date(year, month, day)
    assert temporal(as_text(Date(year, month, day))) == Date(year, month, day)


@given(st.timedeltas(timedelta(days=-9_999_999), timedelta(days=9_999_999)))
def test_durations_are_read_as_they_are_written(duration: timedelta) -> None:
    ours = taken(duration)
    assert temporal(as_text(ours)) == ours
    assert as_python(ours) == duration
    assert evaluate("d + d - d = d", {"d": ours}) is True
    assert isinstance(ours, DaysTime)


MOMENTS = st.datetimes(datetime(3, 12, 31), datetime(9990, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(MOMENTS, st.timedeltas(timedelta(days=-999), timedelta(days=999)))
def test_moments_move_as_pythons(at: datetime, by: timedelta) -> None:
    assert as_python(evaluate("at + by", {"at": taken(at), "by": taken(by)})) == at + by
    assert evaluate("(at + by) - at", {"at": taken(at), "by": taken(by)}) == taken(by)


VALUES = st.recursive(
    st.none() | st.booleans() | st.decimals(allow_nan=False, allow_infinity=False, places=4).filter(lambda n: n.adjusted() < 20)
    | st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=6) | st.dates().map(taken),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "net total", "x-y"]), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@given(VALUES)
def test_what_string_writes_is_read_again(value: Any) -> None:
    assert evaluate(text_of(value, True)) == value


ODD = [
    "null", "true", "0", "-1.5", "1e6000", '"a"', '"(["', "[]", "[null, [1]]", "{a: 1}", 'date("2020-02-29")', '@"10:00:00Z"',
    '@"10:00:00@Europe/Paris"', '@"2020-01-01T00:00:00"', '@"999999999-12-31T23:59:59Z"', '@"P1D"', '@"-P999999999Y"', "[1..3]",
    '["a".."c"]', "(< 5)", "(!= 2)", "max", "function(x) x",
]  # fmt: skip
CALLS = st.sampled_from(sorted(BUILTINS)).flatmap(
    lambda name: st.lists(st.sampled_from(ODD), max_size=4).map(lambda given: f"{name}({', '.join(given)})")
)
SUMS = st.tuples(
    st.sampled_from(ODD), st.sampled_from(["+", "-", "*", "/", "**", "=", "<", "in"]), st.sampled_from(ODD)
)


@given(CALLS | SUMS.map(" ".join))
def test_whatever_is_asked_of_whatever_there_is_an_answer_or_null(text: str) -> None:
    text_of(evaluate(text))


@given(st.text(st.sampled_from('ab1 .,:?@<>=+-*/()[]{}"\\\nifthenor\n'), max_size=30))
def test_any_text_is_an_expression_or_told_to_be_none(text: str) -> None:
    at = 0
    try:
        evaluate(text)
    except FeelError as wrong:
        at = wrong.at
    assert 0 <= at <= len(text)


def test_a_float_is_no_value() -> None:
    with pytest.raises(TypeError, match="float"):
        taken(0.1)


@pytest.mark.parametrize(
    "text",
    [
        'matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "^(a|aa)+$")',
        'replace("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "^(a|aa)+$", "b")',
        'split("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "(a|aa)+$")',
    ],
)
def test_a_pattern_that_would_take_for_ever_comes_to_null(text: str) -> None:
    assert evaluate(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "f(a" + "\n" * 60,
        "{" + " " * 1900,
        "for x" + " " * 50_000,
        "function(a" + " " * 50_000,
        "1 in (" * 30 + "!",
        "[1..(" * 25 + "!",
        "-" * 3000 + "1",
        "1" + "+1" * 900,
        "a" + "[1]" * 400,
        "not " * 450 + "x",
    ],
)
def test_a_text_made_to_keep_the_reader_busy_is_refused(text: str) -> None:
    with pytest.raises(FeelError):
        evaluate(text)


@pytest.mark.parametrize("text", ["1" + " + 1" * 150, "true" + " and true" * 150, "(" * 50 + "1" + ")" * 50 + " = 1"])
def test_what_is_long_and_plain_is_computed(text: str) -> None:
    assert evaluate(text) in (151, True)

"""What stands in a statement many times travels once; the same rows come of it."""

from datetime import UTC, date, datetime
from decimal import Decimal as D

import pytest
from django.db import connection
from hypothesis import example, given, settings
from hypothesis import strategies as st

from orderway.folding import MANY, fold, foldable
from orderway.kernel.sql import fetch

ROWS = """select m."order", m.word, m.amount::text as amount, m.on_day, m.place, o.word as other
from unnest(%(order)s::bigint[], %(word)s::text[], %(amount)s::numeric[], %(on_day)s::date[]) with ordinality
     as m ("order", word, amount, on_day, place)
left join unnest(%(key)s::bigint[], %(other)s::text[]) as o (key, word) on o.key = m."order"
where m."order" = any(%(wanted)s::bigint[]) or m.word is null
order by m.place, o.key, o.word"""
TEXTS = st.none() | st.sampled_from(["", "a", "a", "a", '"', "\\", "null", "{}", "größer"])
AMOUNTS = st.none() | st.sampled_from([D("1.0"), D("1.00"), D("1.00"), D("-3")])
DAYS = st.none() | st.just(date(2026, 2, 28))
NUMBERS = st.integers(1, 3)


def column(kind, count):
    return st.lists(kind, min_size=count, max_size=count) | kind.map(lambda one: [one] * count)


@st.composite
def rows(draw):
    many, few = draw(st.sampled_from([0, 1, 1, 2, MANY, MANY + 1])), draw(st.sampled_from([0, 1, 2, MANY]))
    return {
        "order": draw(column(NUMBERS, many)),
        "word": draw(column(TEXTS, many)),
        "amount": draw(column(AMOUNTS, many)),
        "on_day": draw(column(DAYS, many)),
        "key": draw(column(NUMBERS, few)),
        "other": draw(column(TEXTS, few)),
        "wanted": draw(st.lists(NUMBERS, max_size=3)),
    }


@pytest.mark.usefixtures("db")
@settings(max_examples=150, deadline=None)
@example({"order": [1], "word": ["a"], "amount": [D(1)], "on_day": [None], "key": [1], "other": ["b"], "wanted": [1]})
@given(rows())
def test_the_same_rows_come_of_it_in_the_same_order(values):
    with connection.cursor() as plainly:
        plainly.execute(ROWS, values)
        assert [tuple(row) for row in fetch(ROWS, values)] == plainly.fetchall()


def test_a_single_row_travels_without_arrays():
    values = {
        "order": [1],
        "word": ["a"],
        "amount": [D(1)],
        "on_day": [None],
        "key": [2],
        "other": ["b"],
        "wanted": [1],
    }
    text, given = fold(ROWS, values)
    assert "[]" not in text
    assert given == {name: value[0] for name, value in values.items()}


def test_of_many_rows_a_column_that_says_the_same_is_one_value_and_one_column_says_how_many_there_are():
    same = {"word": ["a"] * MANY, "on_day": [None] * MANY}
    text, given = fold(
        ROWS, {**same, "order": [*range(MANY)], "amount": [D(1)] * MANY, "key": [], "other": [], "wanted": []}
    )
    assert (given["word"], given["amount"], given["on_day"]) == ("a", D(1), None)
    assert 'from unnest(%(order)s::bigint[]) with ordinality as u ("order", place)' in text
    all_the_same = {**same, "order": [7] * MANY, "amount": [D(1)] * MANY, "key": [], "other": [], "wanted": []}
    assert fold(ROWS, all_the_same)[1]["order"] == [7] * MANY


@pytest.mark.parametrize("amounts", [[D("1.0"), D("1.00")], [D(1), None], [1, True], [[1], [1]]])
def test_what_is_equal_but_not_the_same_stays_apart(amounts):
    text = "select * from unnest(%(id)s::bigint[], %(amount)s::numeric[]) as m (id, amount)"
    amounts = [*amounts, amounts[0]] * MANY
    assert fold(text, {"id": [*range(len(amounts))], "amount": amounts})[0] == text


def test_fewer_rows_keep_their_text():
    text = "select * from unnest(%(id)s::bigint[], %(word)s::text[]) as m (id, word)"
    assert fold(text, {"id": [*range(MANY - 1)], "word": ["a"] * (MANY - 1)})[0] == text


@pytest.mark.parametrize(
    "text",
    [
        "select cardinality(%(id)s::bigint[]) as n from unnest(%(id)s::bigint[]) as m (id)",
        "select i.id from item i where i.id <> all(%(id)s::bigint[])",
        "select i.id from item i where i.id = any(%(id)s::bigint[]) or %(id)s::bigint[] = '{}'",
    ],
)
def test_an_array_that_is_asked_for_as_one_stays_one(text):
    assert not foldable(text).sets
    assert fold(text, {"id": [1]}) == (text, {"id": [1]})


@pytest.mark.usefixtures("db")
def test_moments_texts_and_truths_arrive_as_they_were():
    text = """select m.at, m.word, m.yes from unnest(%(at)s::timestamptz[], %(word)s::text[], %(yes)s::boolean[]) as m (at, word, yes)"""
    now = datetime(2026, 3, 29, 1, 30, 0, 5, tzinfo=UTC)
    for count in (1, MANY):
        words = ["", "{1,2}"] * MANY
        found = fetch(text, {"at": [now] * count, "word": words[:count], "yes": [False] * count})
        assert [tuple(row) for row in found] == [(now, word, False) for word in words[:count]]

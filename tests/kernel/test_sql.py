"""Lists reach PostgreSQL as they are, whatever stands in them."""

from datetime import UTC, date, datetime
from decimal import Decimal as D

import pytest
from django.db import DataError
from hypothesis import given
from hypothesis import strategies as st

from orderway.kernel.sql import fetch

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
MOMENTS = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds it
LISTS = {
    "bigint": st.integers(-(2**63), 2**63 - 1),
    "numeric": st.decimals(allow_nan=False, allow_infinity=False, places=6),
    "text": TEXTS,
    "boolean": st.booleans(),
    "date": st.dates(date(1, 1, 1)),
    "timestamptz": MOMENTS,
}


def came_back(kind, values):
    ((row,),) = fetch(f"select %(values)s::{kind}[]", {"values": values})
    return row


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("kind", LISTS)
@given(data=st.data())
def test_a_list_comes_back_as_it_went(kind, data):
    values = data.draw(st.lists(st.none() | LISTS[kind]))
    assert came_back(kind, values) == values


@pytest.mark.usefixtures("db")
def test_what_an_array_is_written_with_is_only_text():
    values = ['{"a": "b\\c"}', "null", "NULL", "", "a,b", "{}", ' "', "\\", "\n", "'; drop table sales_order; --"]
    assert came_back("text", values) == values


@pytest.mark.usefixtures("db")
def test_amounts_keep_their_digits():
    assert [str(value) for value in came_back("numeric", [D("1.500"), D("1E+3"), D("-0.000001")])] == [
        "1.500",
        "1000",
        "-0.000001",
    ]


@pytest.mark.usefixtures("db")
def test_a_nul_is_refused():
    with pytest.raises((DataError, ValueError)):
        came_back("text", ["a\0b"])

"""Numbers are read as people type them, in English and in German."""

from decimal import Decimal as D

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from orderway.web.amounts import decimals, typed
from orderway.web.templatetags.ui import number

TYPED = [
    ("en", "1,234.5", "1234.5"),
    ("en", "1.5", "1.5"),
    ("en", "1,500", "1500"),
    ("en", "1,5", "1.5"),
    ("en", "1.500", "1.500"),
    ("en", "1.234,5", "1234.5"),
    ("de", "1.234,5", "1234.5"),
    ("de", "1,5", "1.5"),
    ("de", "1.500", "1500"),
    ("de", "1,500", "1.500"),
    ("de", "1.5", "1.5"),
    ("de", "1.234.567", "1234567"),
    ("de", "1 000,25", "1000.25"),
    ("de", "1'000", "1000"),
    ("de", "−3", "-3"),
    ("en", "+7", "7"),
    ("en", ".5", "0.5"),
]


@pytest.mark.parametrize(("language", "text", "wanted"), TYPED)
def test_a_number_means_what_its_reader_means(language, text, wanted):
    with translation.override(language):
        assert typed(text) == D(wanted)


@pytest.mark.parametrize(
    "text", ["", " ", "x", "1x", "1..2", "--1", "1e5", "NaN", "Infinity", "1,2,3", "-", ".", "٣", "9" * 31]
)
def test_what_is_no_number_is_none(text):
    for language in ("en", "de"):
        with translation.override(language):
            assert typed(text) is None


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=3), st.sampled_from(["en", "de"]))
def test_what_the_pages_write_they_also_read(value, language):
    with translation.override(language):
        assert typed(number(value, 3)) == value


def test_a_price_keeps_its_decimals():
    assert [decimals(D(text)) for text in ("4.900000", "0.125", "100", "1E+3")] == [2, 3, 2, 2]

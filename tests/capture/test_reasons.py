"""Why an input is not read: kept as codes with facts and worded for who asks; what was kept before as English text still shows."""

from importlib import import_module

import pytest
from django.db import connection
from django.utils import translation
from django.utils.translation import gettext
from edi_samples import ORDERS, orders
from hypothesis import given
from hypothesis import strategies as st

from orderway.capture.reasons import PLACES, Place, Reason, from_text, gathered, remark, to_text, worded

WORDS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
FACTS = st.dictionaries(WORDS, WORDS | st.integers() | st.lists(WORDS, max_size=3).map(tuple), max_size=4)
KEPT = st.builds(Place, WORDS, st.integers(0), WORDS, st.integers(0), WORDS, st.integers(0), WORDS)
REASONS = st.lists(st.builds(Reason, WORDS.filter(bool), KEPT, FACTS, st.integers(0, 99)), max_size=4)


@given(REASONS)
def test_reasons_are_kept_as_they_are(reasons):
    assert from_text(to_text(reasons)) == reasons


@given(REASONS)
def test_a_reason_of_another_version_shows_itself_and_breaks_no_page(reasons):
    assert all(reason.code in worded(reasons) for reason in reasons)


def test_a_broken_order_tells_its_place_in_the_language_of_who_asks():
    broken = orders(ORDERS.replace("QTY+21:1500:PCE", "QTY+21:15OO:PCE")).reasons
    assert broken == (remark("wrong-value", Place(segment=19, tag="QTY"), found="15OO", wanted="number"),)
    with translation.override("de"):
        assert worded(broken, gettext) == "Segment 19 (QTY): '15OO' ist keine Zahl"
    assert worded(broken) == "segment 19 (QTY): '15OO' is not a number"


def test_the_same_remark_at_several_places_is_told_once():
    told = gathered([remark("test", Place(segment=at)) for at in (1, 1, 9, 20)])
    assert worded(told) == "segment 1: the sender marks this interchange as a test (and 2 more)"
    with translation.override("de"):
        assert worded(told, gettext).endswith("als Test (und 2 weitere)")


def test_a_place_is_told_from_the_outside_in():
    assert tuple(PLACES) == ("file", "segment", "row", "column", "line", "tag", "element")
    inner = Place(row=3, column="Menge").within("b.csv").within("letter.eml")
    assert worded([remark("empty", inner)]) == "letter.eml, b.csv, row 3, column Menge: the file is empty"


OLD = [
    ("segment 19 (QTY): '15OO' is not a number", "segment 19 (QTY): '15OO' is not a number"),
    ("not for us", "not for us"),
    ("a PDF is read by a person", "ein PDF: das liest ein Mensch"),
    ("no-readable-attachment", "kein Anhang lässt sich als Auftrag lesen: ein Mensch liest die Nachricht"),
    ("original-damaged: /x", "das abgelegte Original lässt sich nicht lesen, bitte den Absender noch einmal darum: /x"),
    ("reading-broke-off: E: 5", "das Lesen brach ab, ein Mensch muss das Original ansehen: E: 5"),
    ("", ""),
]


@pytest.mark.usefixtures("db")
def test_what_was_kept_as_english_text_before_still_shows():
    """The statement of the migration, on a table of the old form."""
    with connection.cursor() as cursor, translation.override("de"):
        cursor.execute("create temp table intake (n integer, reason text, reasons jsonb default '[]') on commit drop")
        for n, (old, _) in enumerate(OLD):
            cursor.execute("insert into intake values (%s, %s)", [n, old])
        cursor.execute(import_module("orderway.capture.migrations.0002_reasons").TELL)
        cursor.execute("select reasons::text from pg_temp.intake order by n")
        told = [worded(from_text(kept), gettext) for (kept,) in cursor.fetchall()]
    assert told == [new for _, new in OLD]

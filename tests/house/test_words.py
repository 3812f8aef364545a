"""Whatever the house refuses or tells, a person reads it in words, in English and in German."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import source
from django.utils import translation

from orderway.cli.reference.found import found
from orderway.kernel.outcome import Refusal
from orderway.kernel.registry import commands
from orderway.web import refusal_words, work_words
from orderway.web.happenings import EVENTS
from orderway.web.refusal_words import REFUSALS, refusal_text
from orderway.web.units import OFFERED, UNITS

JUDGED = {"Refusal", "Verdict", "Doubt"}
EVENT_OF_EVERYTHING = re.compile(r"[a-z_]+\.undone")


def _codes(node: ast.AST) -> Iterator[str]:
    """The texts a code may be: a constant, or one of two."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _codes(node.body)
        yield from _codes(node.orelse)


def _refusals() -> dict[str, str]:
    """Every code that some line may refuse with, and the first file that does."""
    seen: dict[str, str] = {}
    for file in source.python_files():
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and node.args and isinstance(node.func, ast.Name) and node.func.id in JUDGED:
                for code in _codes(node.args[0]):
                    seen.setdefault(code, file.relative_to(source.SOURCE).as_posix())
    return seen


def test_no_refusal_has_two_wordings():
    assert not set(work_words.REFUSALS) & set(_literal_keys(refusal_words.__file__, "REFUSALS"))


def _literal_keys(file: str, name: str) -> list[str]:
    """The keys written out in a dict of a module."""
    (found,) = [
        node.value
        for node in ast.parse(Path(file).read_text("utf-8")).body
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == name
    ]
    assert isinstance(found, ast.Dict)
    return [key.value for key in found.keys if isinstance(key, ast.Constant)]


def test_every_refusal_has_words_in_both_languages():
    codes = _refusals()
    assert len(codes) > 100  # the walk still finds them
    assert not {code: file for code, file in codes.items() if code not in REFUSALS}
    with translation.override("de"):
        german = {code: str(text) for code, text in REFUSALS.items()}
    with translation.override("en"):
        assert not [code for code in codes if german[code] == str(REFUSALS[code])]


def _facts() -> Iterator[tuple[str, frozenset[str]]]:
    """The names of the facts each line of code gives with a refusal, where they can be read from it."""
    for file in source.python_files():
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Refusal":
                given = node.args[2] if len(node.args) > 2 else ast.Dict([], [])
                if isinstance(given, ast.Dict) and None not in given.keys:
                    names = frozenset(key.value for key in given.keys if isinstance(key, ast.Constant))
                    yield from ((code, names) for code in _codes(node.args[0]))


def test_the_words_of_a_refusal_ask_only_for_facts_that_come_with_it():
    lacking = {
        (code, name)
        for code, given in _facts()
        for name in re.findall(r"%\((\w+)\)", str(REFUSALS[code]))
        if name not in given and name != "row"
    }
    assert not lacking


def test_every_event_has_words():
    events = {event for command in commands.values() for event in found(command.work).events}
    events = {event for event in events if not event.startswith("test")}
    assert len(events) > 60
    assert not sorted(event for event in events if event not in EVENTS and not EVENT_OF_EVERYTHING.fullmatch(event))


@pytest.mark.parametrize(("language", "minutes", "pieces"), [("en", "min", "pcs"), ("de", "min", "St.")])
def test_units_are_words(language, minutes, pieces):
    with translation.override(language):
        assert str(UNITS["MIN"]) == minutes
        assert {str(UNITS[code]) for code in ("H87", "C62", "PCE", "EA")} == {pieces}


def test_what_we_sell_in_is_offered_once():
    assert len({str(UNITS[code]) for code in OFFERED}) == len(OFFERED)


def test_a_refusal_reads_as_a_sentence_in_german():
    with translation.override("de"):
        short = refusal_text(Refusal("short-stock", 1, {"free": "1250.5", "wanted": 2000}))
        assert short == "Nur 1.250,5 sind frei, 2.000 waren gewünscht."
        assert "Bezahlung" not in refusal_text(Refusal("not-finished", 1, {"missing": ["invoiced", "paid"]}))
        assert refusal_text(Refusal("not-finished", 1, {"missing": ["invoiced", "paid"]})).endswith(
            "Rechnung, Zahlung."
        )

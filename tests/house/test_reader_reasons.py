"""Whatever a reader says it could not read, a person reads it in words, in English and in German."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import NamedTuple

import source
from django.utils import translation
from django.utils.translation import gettext

from orderway.capture.reasons import PLACES, WHY, WORDS

CODE_AT = {"Unreadable": 0, "BrokenOff": 0, "Undecided": 0, "_Ended": 0, "remark": 0, "Reason": 0, "fault": 1}
"""What makes a reason, and which of its arguments is the code."""
PLAIN = {"as-written": "%(text)s"}
"""A person's own words are shown as they are."""


class Given(NamedTuple):
    """A reason that some line gives: its code, the names of its facts, and those facts that stand there as constants."""

    code: str
    facts: frozenset[str]
    constants: frozenset[tuple[str, str]]
    at: str


def _given() -> Iterator[Given]:
    for file in source.python_files():
        for node in ast.walk(ast.parse(file.read_text())):
            name = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
            place = CODE_AT.get(name, 99)
            if isinstance(node, ast.Call) and len(node.args) > place:
                code = node.args[place]
                if isinstance(code, ast.Constant) and isinstance(code.value, str):
                    at = f"{file.relative_to(source.SOURCE)}:{node.lineno}"
                    yield Given(code.value, *_facts(node), at)


def _facts(call: ast.Call) -> tuple[frozenset[str], frozenset[tuple[str, str]]]:
    given = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    told = given.pop("facts", None)
    if isinstance(told, ast.Dict):
        given |= {key.value: value for key, value in zip(told.keys, told.values, strict=True) if _text(key)}
    constants = {(name, value) for name, node in given.items() for value in _texts(node)}
    return frozenset(given), frozenset(constants)


def _text(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _texts(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.IfExp):
        yield from (*_texts(node.body), *_texts(node.orelse))
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def _named(template: str) -> set[str]:
    return set(re.findall(r"%\((\w+)\)", template))


def test_the_readers_give_the_codes_that_have_words_and_no_others():
    given = list(_given())
    assert len(given) > 100  # the walk still finds them
    assert not [one.at for one in given if one.code not in WHY]
    assert not set(WHY) - {one.code for one in given}


def test_a_reason_comes_with_the_facts_that_its_sentence_names():
    assert not [(one.at, one.code) for one in _given() if one.facts != _named(WHY[one.code])]


def test_a_fact_that_is_a_code_has_words():
    codes = {(name, value) for one in _given() for name, value in one.constants if name in WORDS and value.islower()}
    assert len(codes) > 30
    assert not [(name, value) for name, value in codes if value not in WORDS[name] and "=" not in value]


def test_reasons_places_and_facts_have_words_in_german():
    texts = [*WHY.values(), *PLACES.values(), *(text for words in WORDS.values() for text in words.values())]
    with translation.override("de"):
        german = {text: gettext(text) for text in texts if re.sub(r"%\(\w+\)[rs]", "", text).strip()}
    same = {text for text, told in german.items() if text == told}
    assert not same
    assert not [text for text, told in german.items() if _named(text) != _named(told)]
    assert set(texts) - set(german) == {PLACES["file"], PLACES["tag"], *PLAIN.values()}


def test_a_reader_starts_without_django():
    told = (
        "import sys; from orderway.capture.readers import door, jail; print([m for m in sys.modules if 'django' in m])"
    )
    child = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert child.stdout == "[]\n"

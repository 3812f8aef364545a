"""What travels to PostgreSQL once although it stands there many times: texts of commands are written for sets, values are folded here.

Commands send their rows as one array a column, which `unnest` makes rows of. Of a single row nothing has to be an array: without them
PostgreSQL plans a join by key where it would unfold arrays of unknown length, and a small command costs it a third less. Of many rows
most columns say the same in each (a state, a currency, nothing at all), and to write, read and unfold a word a thousand times costs
more than the row does (docs/decisions/0116).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

MANY = 50  # rows; of fewer the columns that say the same are others each time, and every text has to be planned
_NAME = re.compile(r"%\((\w+)\)s")
_COLUMN = re.compile(r"%\((\w+)\)s::([a-z ]+)\[\]")
_ANY = re.compile(r"= any\(%\((\w+)\)s::([a-z ]+)\[\]\)")
_ROWS = re.compile(
    r"unnest\((?P<given>(?:\s*%\(\w+\)s::[a-z ]+\[\],?)+)\s*\)(?P<place>\s+with ordinality)?\s+as\s+(?P<alias>\w+)\s*"
    r"\((?P<names>[^()]+)\)"
)


class Foldable(NamedTuple):
    """The parameters of a text that may travel without an array: those of its sets of rows, a tuple a set, and those that are asked
    for one by one. `twice` are those that stand in it more than once."""

    sets: tuple[tuple[str, ...], ...]
    asked: tuple[str, ...]
    twice: frozenset[str]


@lru_cache(5_000)
def foldable(text: str) -> Foldable:
    """What can be folded: whatever stands nowhere else in the text."""
    sets = [tuple(_COLUMN.findall(found["given"])) for found in _ROWS.finditer(text)]
    rows = [tuple(name for name, _ in columns) for columns in sets]
    asked = [found[1] for found in _ANY.finditer(text)]
    every = _NAME.findall(text)
    known = [name for names in (*rows, asked) for name in names]
    free = {name for name in known if every.count(name) == known.count(name)}
    return Foldable(
        tuple(names for names in rows if free.issuperset(names)),
        tuple(dict.fromkeys(name for name in asked if name in free)),
        frozenset(name for name in free if every.count(name) > 1),
    )


def fold(text: str, values: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """A statement and its values as they travel; the same rows come of them in the same order."""
    able = foldable(text)
    once = (*_rows_once(able, values), *(name for name in able.asked if _is_one(values[name])))
    return (folded(text, once), {**values, **{name: values[name][0] for name in once}}) if once else (text, values)


def _rows_once(able: Foldable, values: Mapping[str, Any]) -> Iterator[str]:
    """The columns that are sent as one value."""
    for names in able.sets:
        rows = [values[name] for name in names]
        count = len(rows[0]) if type(rows[0]) is list else 0
        if count == 1 and all(map(_is_one, rows)):
            yield from names
        elif count >= MANY:
            alike = [name for name in names if name not in able.twice and _is_same(values[name])]
            yield from alike[len(alike) == len(names) :]  # one of them says how many rows there are


def _is_one(given: Any) -> bool:
    return type(given) is list and len(given) == 1 and type(given[0]) is not list


def _is_same(given: list[Any]) -> bool:
    """Whether all say the same, to the letter: decimals are equal that have other places."""
    first = given[0]
    if first != given[-1] or type(first) is list or given.count(first) < len(given):
        return False
    return len(set(map(type, given))) == 1 and (type(first) is not Decimal or len(set(map(str, given))) == 1)


@lru_cache(5_000)
def folded(text: str, once: Sequence[str]) -> str:
    """The text for parameters that are sent as one value."""
    told = _ROWS.sub(lambda found: _rows(found, once), text)
    return _ANY.sub(lambda found: f"= %({found[1]})s::{found[2]}" if found[1] in once else found[0], told)


def _rows(found: "re.Match[str]", once: Sequence[str]) -> str:
    """A set of rows whose columns are values and what is left of its arrays."""
    columns = _COLUMN.findall(found["given"])
    kept = [(name, kind) for name, kind in columns if name not in once]
    if len(kept) == len(columns):
        return found[0]
    names = [name.strip() for name in found["names"].split(",")]
    said = [
        f"%({name})s::{kind} as {column}" if name in once else f'u."{name}" as {column}'
        for (name, kind), column in zip(columns, names[: len(columns)], strict=True)
    ]
    if found["place"]:
        said.append(f"{'u.place' if kept else '1::bigint'} as {names[-1]}")
    return f"(select {', '.join(said)}{_unfolded(kept, found['place'] or '')}) as {found['alias']}"


def _unfolded(kept: Sequence[tuple[str, str]], place: str) -> str:
    """What is left of the arrays as rows, with their place where it is asked for."""
    if not kept:
        return ""
    names = ", ".join([f'"{name}"' for name, _ in kept] + ["place"] * bool(place))
    arrays = ", ".join(f"%({name})s::{kind}[]" for name, kind in kept)
    return f" from unnest({arrays}){place} as u ({names})"

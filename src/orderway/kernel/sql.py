"""Statements live in .sql files: each has a name and a one-line purpose, and stays one constant text so that it is prepared once.

    -- name: lock
    -- Lock the orders in key order and read what the rules need.
    select o.id, o.state from sales_order o where o.id = any(%(ids)s::bigint[]) and {visible sales_order o} order by o.id for update

`{visible TABLE ALIAS}` becomes the row condition of kernel/access.py. A line ending in `--? word` is taken only when the parameter
`word` is given (not None). `{sort}` is replaced by one of the orders that the caller's dictionary allows.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connections, transaction
from psycopg.rows import namedtuple_row

from .access import visible

_NAME = re.compile(r"^-- name: (\w+)\n-- (.+)\n", re.MULTILINE)
_VISIBLE = re.compile(r"\{visible (\w+) (\w+)\}")
_OPTIONAL = re.compile(r"\s*--\? (\w+)$")


class Statement:
    """One named statement; `text(given)` is what PostgreSQL sees for the parameters that were given."""

    def __init__(self, name: str, purpose: str, body: str) -> None:
        self.name, self.purpose = name, purpose
        self.body = _VISIBLE.sub(lambda m: visible(m[1], m[2]), body)
        self.words = frozenset(m[1] for line in body.splitlines() if (m := _OPTIONAL.search(line)))
        self._texts: dict[tuple[frozenset[str], str], str] = {}

    def text(self, given: frozenset[str], sort: str = "") -> str:
        """The text with the optional lines of `given` words only."""
        key = (given & self.words, sort)
        if key not in self._texts:
            lines = (_kept(line, key[0]) for line in self.body.splitlines())
            self._texts[key] = "\n".join(line for line in lines if line).replace("{sort}", sort)
        return self._texts[key]


def _kept(line: str, given: frozenset[str]) -> str:
    match = _OPTIONAL.search(line)
    return line if match is None else line[: match.start()] if match[1] in given else ""


class Statements:
    """The statements of one .sql file, by attribute."""

    def __init__(self, package: str, verb: str) -> None:
        self._package, self._verb = package, verb
        self._all: dict[str, Statement] = {}

    def _load(self) -> dict[str, Statement]:
        # at first use, not at import: the row conditions of every package are registered by then
        if not self._all:
            text = resources.files(f"orderway.{self._package}").joinpath(f"sql/{self._verb}.sql").read_text("utf-8")
            heads = list(_NAME.finditer(text))
            ends = [m.start() for m in heads[1:]] + [len(text)]
            self._all = {
                m[1]: Statement(m[1], m[2], text[m.end() : end].strip()) for m, end in zip(heads, ends, strict=True)
            }
        return self._all

    def __getattr__(self, name: str) -> Statement:
        try:
            return self._load()[name]
        except KeyError:
            raise AttributeError(f"no statement {name!r} in {self._package}/sql/{self._verb}.sql") from None

    def __iter__(self) -> Iterator[Statement]:
        return iter(self._load().values())


@cache
def statements(package: str, verb: str) -> Statements:
    """The statements of `orderway/<package>/sql/<verb>.sql`."""
    return Statements(package, verb)


def fetch(text: str, parameters: Mapping[str, Any], database: str = "default") -> list[Any]:
    """Rows as named tuples (NamedTuple attributes are the column names); an empty list for a statement that returns none."""
    given = {name: _array(value) if type(value) is list else value for name, value in parameters.items()}
    connection = connections[database]
    asked = answers(text)
    cursor = _cursor(connection, asked)
    watch = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    watched = watch(cursor)
    watched.execute(text, given)
    rows = watched.fetchall() if asked else []
    if len(rows) > MOST_KEPT:
        cursor.close()  # it would hold them until the next statement
    return rows


@contextmanager
def whole(savepoint: bool = True) -> Iterator[None]:
    """All of it or nothing: a transaction, or a savepoint within one. A statement of ours that answers nothing travels with the next
    one that does, and what it complains of is raised there, or at the end of this. Those of libraries are waited for at once."""
    connection = connections["default"]
    with (
        transaction.atomic(savepoint=savepoint),
        connection.wrap_database_errors,
        connection.connection.pipeline() as sent,
    ):

        def at_once(execute: Any, *asked: Any) -> Any:
            done = execute(*asked)
            if asked[-1]["cursor"].row_factory is not namedtuple_row:
                sent.sync()
            return done

        with connection.execute_wrapper(at_once):
            yield


@cache
def answers(text: str) -> bool:
    """Whether a statement gives rows: it reads, or returns what it has written."""
    outside, found = text, 1
    while found:
        outside, found = _NESTED.subn("", outside)
    verb = _VERB.search(outside)
    return "returning" in outside or verb is None or verb[0] in ("select", "show")


MOST_KEPT = 1_000
_cursors: WeakKeyDictionary[Any, dict[bool, Any]] = WeakKeyDictionary()
_NESTED = re.compile(r"\([^()]*\)")
_VERB = re.compile(r"\b(select|show|insert|update|delete|set|create|drop|truncate|refresh)\b")


def _cursor(connection: Any, answers: bool) -> Any:
    """The one cursor of a connection (a thread's own): making a new one takes twice as long as what it is made for."""
    connection.ensure_connection()
    kept = _cursors.setdefault(connection, {})
    cursor = kept.get(answers)
    if cursor is None or cursor.closed or cursor.connection is not connection.connection:
        cursor = kept[answers] = connection.create_cursor()
        cursor.row_factory = namedtuple_row
    return cursor


def _array(values: list[Any]) -> str | list[Any]:
    """A list as PostgreSQL writes an array (its manual, 8.15.2); every parameter is cast, so its type needs no guess.

    A third of the time that psycopg takes to find out and escape what stands in a long list. Lists of other things stay as they are.
    """
    kinds = set(map(type, values))
    if kinds <= _BARE:
        return "{" + ",".join(map(str, values)) + "}"
    if not kinds <= _ELEMENTS:
        return values
    if kinds == {str} and "\\" not in (joined := '","'.join(values)) and joined.count('"') == 2 * len(values) - 2:
        return '{"' + joined + '"}'  # no text holds a character that has to be escaped
    return "{" + ",".join(["null" if value is None else _quoted(str(value)) for value in values]) + "}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


_BARE = frozenset({int, bool, Decimal, date})
_ELEMENTS = _BARE | {str, datetime, type(None)}


def columns(rows: Sequence[Any], *names: str) -> dict[str, list[Any]]:
    """A set of rows turned on its side: one list an attribute, for `unnest`."""
    return {name: [getattr(row, name) for row in rows] for name in names}

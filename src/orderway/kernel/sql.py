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
from functools import cache, partial
from importlib import resources
from operator import attrgetter
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


class Awaited:
    """A statement that was sent. Its `rows` are named tuples (their attributes are the column names); whoever looks at them waits."""

    def __init__(self, watched: Any, spare: list[Any] | None) -> None:
        self._watched, self._spare = watched, spare
        self._rows: list[Any] = []

    @property
    def rows(self) -> list[Any]:
        """An empty list for a statement that returns none."""
        if self._spare is not None:
            self._rows, spare, self._spare = self._watched.fetchall(), self._spare, None
            if len(self._rows) <= MOST_KEPT:  # a cursor holds them until the next statement
                spare.append(self._watched.cursor)
        return self._rows


def send(text: str, parameters: Mapping[str, Any], database: str = "default") -> Awaited:
    """Send a statement; within `whole` it is not waited for until its rows are looked at."""
    given = {name: _array(value) if type(value) is list else value for name, value in parameters.items()}
    connection = connections[database]
    silent, spare = _cursors(connection)
    asked = answers(text)
    cursor = silent if not asked else spare.pop() if spare else _cursor(connection)
    watched = (connection.make_debug_cursor if connection.queries_logged else connection.make_cursor)(cursor)
    watched.execute(text, given)
    return Awaited(watched, spare if asked else None)


def fetch(text: str, parameters: Mapping[str, Any], database: str = "default") -> list[Any]:
    """The rows of a statement, as it is sent."""
    return send(text, parameters, database).rows


@contextmanager
def whole(savepoint: bool = True) -> Iterator[None]:
    """All of it or nothing: a transaction, or a savepoint within one. A statement of ours whose rows nobody looks at travels with the
    next one, at last with the commit, and what it complains of is raised there. Those of libraries are waited for at once."""
    connection = connections["default"]
    outermost = not connection.in_atomic_block
    with (
        transaction.atomic(savepoint=savepoint),
        connection.wrap_database_errors,
        connection.connection.pipeline() as sent,
    ):

        def at_once(execute: Any, *asked: Any) -> Any:
            done = execute(*asked)
            if asked[-1]["cursor"].row_factory is not _as_rows:
                sent.sync()
            return done

        with connection.execute_wrapper(at_once):
            yield
            if outermost and not connection.needs_rollback:
                send("commit", {})  # with what is still on its way; Django finds it done


@cache
def answers(text: str) -> bool:
    """Whether a statement gives rows: it reads, or returns what it has written."""
    outside, found = text, 1
    while found:
        outside, found = _NESTED.subn("", outside)
    verb = _VERB.search(outside)
    return "returning" in outside or verb is None or verb[0] in ("select", "show")


MOST_KEPT = 1_000
_open_ones: WeakKeyDictionary[Any, tuple[Any, list[Any]]] = WeakKeyDictionary()
_NESTED = re.compile(r"\([^()]*\)")
_VERB = re.compile(r"\b(select|show|commit|insert|update|delete|set|create|drop|truncate|refresh)\b")


def _cursors(connection: Any) -> tuple[Any, list[Any]]:
    """The cursors of a connection (a thread's own): one for statements that answer nothing, and those that wait for no answer now.
    Making a new one takes twice as long as what it is made for."""
    connection.ensure_connection()
    kept = _open_ones.get(connection)
    if kept is None or kept[0].closed or kept[0].connection is not connection.connection:
        kept = _open_ones[connection] = (_cursor(connection), [])
    return kept


def _cursor(connection: Any) -> Any:
    cursor = connection.create_cursor()
    cursor.row_factory = _as_rows
    return cursor


def _as_rows(cursor: Any) -> Any:
    """psycopg's named tuples, made at once: its own way of making one counts the columns of each row, a third of reading it."""
    make = namedtuple_row(cursor)
    return partial(tuple.__new__, make.__self__) if hasattr(make, "__self__") else make


def _array(values: list[Any]) -> str | list[Any]:
    """A list as PostgreSQL writes an array (its manual, 8.15.2); every parameter is cast, so its type needs no guess.

    A third of the time that psycopg takes to find out and escape what stands in a long list. Lists of other things stay as they are.
    """
    kinds = set(map(type, values))
    if kinds <= _BARE:
        return "{" + ",".join(map(str, values)) + "}"
    if kinds == {type(None)}:
        return "{" + ",".join(["null"] * len(values)) + "}"
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
    return {name: list(map(attrgetter(name), rows)) for name in names}

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
from functools import cache, partial
from importlib import resources
from operator import attrgetter
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connections, transaction

from orderway.wire import Sent, Wire

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


def send(text: str, values: Mapping[str, Any], database: str = "default") -> Sent:
    """Send a statement; within `whole` it is not waited for until its rows are looked at."""
    connection = connections[database]
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    wire = _wire(connection)
    if connection.queries_logged or connection.execute_wrappers not in ([], [_ours_first]):
        return _watched(connection, wire, text, values)
    with connection.wrap_database_errors:
        return _sent(connection, wire, text, values)


def _sent(connection: Any, wire: Wire, text: str, values: Mapping[str, Any]) -> Sent:
    sent = wire.send(text, values)
    if _ours_first not in connection.execute_wrappers:
        wire.settle()
    return sent


def _watched(connection: Any, wire: Wire, text: str, values: Mapping[str, Any]) -> Sent:
    """The same where somebody counts or logs the statements of a connection in Django's way."""

    def go(sql: str, parameters: Any, _many: bool, _context: Any) -> Sent:
        with connection.wrap_database_errors:
            return _sent(connection, wire, sql, parameters)

    for wrapper in connection.execute_wrappers:
        go = partial(wrapper, go) if wrapper is not _ours_first else go
    if connection.queries_logged:
        connection.queries_log.append({"sql": text, "time": "0"})
    sent: Sent = go(text, values, False, {"connection": connection, "cursor": None})
    return sent


def fetch(text: str, values: Mapping[str, Any], database: str = "default") -> list[Any]:
    """The rows of a statement, as it is sent."""
    with connections[database].wrap_database_errors:
        return send(text, values, database).rows


@contextmanager
def whole(savepoint: bool = True) -> Iterator[None]:
    """All of it or nothing: a transaction, or a savepoint within one. A statement of ours whose rows nobody looks at travels with the
    next one, at last with the commit, and what it complains of is raised there. Those of libraries are waited for at once."""
    connection = connections["default"]
    outermost = not connection.in_atomic_block
    with transaction.atomic(savepoint=savepoint), connection.wrap_database_errors:
        wire = _wire(connection)
        gathering = _ours_first in connection.execute_wrappers
        if not gathering:
            connection.execute_wrappers.append(_ours_first)
        try:
            yield
            if outermost and not connection.needs_rollback:
                send("commit", {})  # with what is still on its way; Django finds it done
            if savepoint or not gathering:
                wire.settle()
        except BaseException:
            wire.give_up()
            raise
        finally:
            if not gathering:
                connection.execute_wrappers.remove(_ours_first)


def _ours_first(execute: Any, *asked: Any) -> Any:
    """Libraries do not know of what is on its way."""
    _wire(asked[-1]["connection"]).settle()
    return execute(*asked)


def _wire(connection: Any) -> Wire:
    found = _wires.get(connection.connection)
    if found is None:
        found = _wires[connection.connection] = Wire(connection.connection)
    return found


_wires: WeakKeyDictionary[Any, Wire] = WeakKeyDictionary()


def columns(rows: Sequence[Any], *names: str) -> dict[str, list[Any]]:
    """A set of rows turned on its side: one list an attribute, for `unnest`."""
    return {name: list(map(attrgetter(name), rows)) for name in names}

"""Statements live in .sql files: each has a name and a one-line purpose, and stays one constant text so that it is prepared once.

    -- name: lock
    -- Lock the orders in key order and read what the rules need.
    select o.id, o.state from sales_order o where o.id = any(%(ids)s::bigint[]) and {visible sales_order o} order by o.id for update

`{visible TABLE ALIAS}` becomes the row condition of kernel/access.py. A line ending in `--? word` is taken only when the parameter
`word` is given (not None). `{sort}` is replaced by one of the orders that the caller's dictionary allows. `{today}` is the day it is where
the company is, worked out once a statement.
"""

import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from functools import cache, partial
from importlib import resources
from operator import attrgetter
from typing import Any

from django.db import Error, connections, transaction

from orderway.wire import Sent, Wire, wire_of

from .access import visible

_NAME = re.compile(r"^-- name: (\w+)\n-- (.+)\n", re.MULTILINE)
_VISIBLE = re.compile(r"\{visible (\w+) (\w+)\}")
_TODAY = "(select today_of(%(company)s::bigint, %(now)s::timestamptz))"
_OPTIONAL = re.compile(r"\s*--\? (\w+)$")


class Statement:
    """One named statement; `text(given)` is what PostgreSQL sees for the parameters that were given."""

    def __init__(self, name: str, purpose: str, body: str) -> None:
        self.name, self.purpose = name, purpose
        self.body = _VISIBLE.sub(lambda m: visible(m[1], m[2]), body.replace("{today}", _TODAY))
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
    if now := _at_work.on(connection):
        return now.send(text, values)
    connection.ensure_connection()
    wire = wire_of(connection.connection)
    with connection.wrap_database_errors, wire:
        return _told(connection, wire, text, values)


def fetch(text: str, values: Mapping[str, Any], database: str = "default") -> list[Any]:
    """The rows of a statement, as it is sent."""
    return send(text, values, database).rows


def _told(connection: Any, wire: Wire, text: str, values: Mapping[str, Any]) -> Sent:
    """Send it, and let those know who log or watch the statements of a connection in Django's way."""
    connection.validate_no_broken_transaction()
    if connection.force_debug_cursor:
        connection.queries_log.append({"sql": text, "time": "0"})
    go: Callable[..., Sent] = wire.send
    for wrapper in connection.execute_wrappers:
        go = go if wrapper is _ours_first else partial(wrapper, go)
    return go(text, values, False, {"connection": connection, "cursor": None})


@contextmanager
def whole(savepoint: bool = True) -> Iterator[None]:
    """All of it or nothing: a transaction, or a savepoint within one. A statement of ours whose rows nobody looks at travels with the
    next one, at last with the commit, and what it complains of is raised there. Those of libraries are waited for at once."""
    connection = connections["default"]
    if now := _at_work.on(connection):
        with now.part() if savepoint else nullcontext():
            yield
        return
    before, outermost = _at_work.whole, not connection.in_atomic_block
    with transaction.atomic(savepoint=savepoint), connection.wrap_database_errors:
        _at_work.whole = now = _Whole(connection, wire_of(connection.connection))
        connection.execute_wrappers.append(_ours_first)
        try:
            yield
            if outermost and not connection.needs_rollback:
                now.send("commit", {})  # with what is still on its way; Django finds it done
            now.wire.settle()
        except BaseException:
            now.wire.give_up()
            raise
        finally:
            _at_work.whole = before
            connection.execute_wrappers.remove(_ours_first)


class _Whole:
    """A transaction at work: what is on its way, and the savepoints in which nothing was sent yet, so that they are not set either."""

    def __init__(self, connection: Any, wire: Wire) -> None:
        self.connection, self.wire = connection, wire
        self._unset: list[str] = []

    def send(self, text: str, values: Mapping[str, Any]) -> Sent:
        """Send a statement, behind those before it."""
        self.set_points()
        return _told(self.connection, self.wire, text, values)

    def set_points(self) -> None:
        """Set the savepoints that are due, because something follows."""
        while self._unset:
            self.wire.send(f"savepoint {self._unset.pop(0)}", {})

    @contextmanager
    def part(self) -> Iterator[None]:
        """All of this part or nothing of it; what its statements complain of is raised before it is over."""
        name = f"part_{len(self.connection.savepoint_ids)}"
        self._unset.append(name)
        self.connection.savepoint_ids.append(name)
        try:
            with self.connection.wrap_database_errors:
                yield
                if name not in self._unset:
                    self.wire.send(f"release savepoint {name}", {})
                    self.wire.settle()
        except BaseException:
            self.wire.give_up()
            self.connection.needs_rollback = False
            self.connection.run_on_commit = [one for one in self.connection.run_on_commit if name not in one[0]]
            if name not in self._unset:
                with suppress(Error):  # it was not set where something sent before it has failed, which is what is told
                    self.connection.savepoint_rollback(name)
            raise
        finally:
            for within, *_ in self.connection.run_on_commit:
                within.discard(name)  # the next part has this name, too
            self.connection.savepoint_ids.pop()
            self._unset = [one for one in self._unset if one != name]


def _ours_first(execute: Any, *asked: Any) -> Any:
    """Libraries do not know of what is on its way."""
    if now := _at_work.on(asked[-1]["connection"]):
        with now.connection.wrap_database_errors:
            now.set_points()
            now.wire.settle()
    return execute(*asked)


class _AtWork(threading.local):
    whole: _Whole | None = None

    def on(self, connection: Any) -> _Whole | None:
        """What is at work on this connection: there may be another one, for what stays whatever becomes of the first."""
        return self.whole if self.whole and self.whole.connection is connection else None


_at_work = _AtWork()


def columns(rows: Sequence[Any], *names: str) -> dict[str, list[Any]]:
    """A set of rows turned on its side: one list an attribute, for `unnest`."""
    return {name: list(map(attrgetter(name), rows)) for name in names}

"""Statements on their way to PostgreSQL: sent one behind the other, and waited for when somebody looks at their rows.

A client of our own on libpq (by psycopg's wrapper of it, its ways of waiting and its loaders) in place of psycopg's cursors, which took
half of the time that a small command takes in Python. It sends in one way only: a constant text whose parameters are all cast, so
that every value travels as text and PostgreSQL knows what it is; a text that comes again is prepared (docs/decisions/0095).
"""

import re
from collections import OrderedDict, deque, namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache, partial
from typing import Any, NamedTuple

import psycopg
from psycopg import abc
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import InFailedSqlTransaction, PipelineAborted, error_from_result
from psycopg.generators import fetch_many
from psycopg.generators import send as flushed
from psycopg.pq import ConnStatus, DiagnosticField, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult
from psycopg.waiting import wait

from .folding import fold

MOST_KNOWN = 500
LOOK_UP = 0.1  # seconds until a wait looks whether somebody interrupts it; psycopg spins without
_PARAMETER = re.compile(r"%\((\w+)\)s")
_ASIDE = re.compile(r"--[^\n]*|/\*.*?\*/|'[^']*'|\"[^\"]*\"", re.DOTALL)  # comments, texts and quoted names
_NESTED = re.compile(r"\([^()]*\)")
_VERB = re.compile(r"\b(select|show|commit|insert|update|delete|set|create|drop|truncate|refresh)\b")
_OTHER_COLUMNS = b"0A000"  # "cached plan must not change result type"
Took = Callable[[PGresult], None]
_WRONG = frozenset({ExecStatus.FATAL_ERROR, ExecStatus.PIPELINE_ABORTED, ExecStatus.BAD_RESPONSE})


class Text(NamedTuple):
    """A statement as libpq takes it, with numbered parameters, whose values these are, and whether it answers with rows."""

    sql: bytes
    names: tuple[str, ...]
    answers: bool


@lru_cache(5_000)
def numbered(text: str) -> Text:
    """`%(name)s` becomes `$1`, the same name the same number; `%%` is a percent sign."""
    names: dict[str, int] = {}
    parts = _PARAMETER.split(text)
    found = [f"${names.setdefault(part, len(names) + 1)}" if n % 2 else part for n, part in enumerate(parts)]
    return Text("".join(found).replace("%%", "%").encode(), tuple(names), answers(text))


def answers(text: str) -> bool:
    """Whether a statement gives rows: it reads, or returns what it has written."""
    outside, found = _ASIDE.sub("", text).lower(), 1
    while found:
        outside, found = _NESTED.subn("", outside)
    verb = _VERB.search(outside)
    return "returning" in outside or verb is None or verb[0] in ("select", "show")


@dataclass(slots=True)
class Known:
    """A text on one connection: its name once it is prepared, and how its rows are read."""

    name: bytes = b""
    reader: abc.Transformer | None = None
    row: Callable[[Sequence[Any]], Any] = tuple

    def read(self, connection: Any, result: PGresult) -> tuple[abc.Transformer, Callable[[Sequence[Any]], Any]]:
        """What reads its rows, with this answer in hand; which columns there are does not change."""
        if self.reader is None:
            self.reader = Transformer(connection)
            self.reader.set_pgresult(result)
            self.row = partial(tuple.__new__, _row(*(result.fname(n) or b"" for n in range(result.nfields))))
        else:
            self.reader.set_pgresult(result, set_loaders=False)
        return self.reader, self.row

    def prepared(self, result: PGresult) -> None:
        """Told what became of preparing it."""
        if result.status != ExecStatus.COMMAND_OK:
            self.name = b""


class Sent:
    """A statement that was sent. Its `rows` are named tuples (their attributes are the column names); whoever looks at them waits,
    unless it is one that returns none."""

    __slots__ = ("_known", "_rows", "_wire")

    def __init__(self, wire: "Wire", known: Known, answers: bool) -> None:
        self._wire, self._known = wire, known
        self._rows: list[Any] | None = None if answers else []

    @property
    def rows(self) -> list[Any]:
        """An empty list for a statement that returns none. Raises what it complains of, or one sent before it."""
        if self._rows is None:
            self._wire.wait_for(self)
        if self._rows is None:
            raise PipelineAborted("what was sent before this statement has failed")
        return self._rows

    @property
    def came(self) -> bool:
        """Whether the answer is there."""
        return self._rows is not None

    def take(self, result: PGresult) -> None:
        """Read the answer."""
        if result.status == ExecStatus.TUPLES_OK:
            reader, row = self._known.read(self._wire.connection, result)
            self._rows = reader.load_rows(0, result.ntuples, row)
            reader.set_pgresult(None, set_loaders=False)  # it would hold them until the next time
        elif result.status == ExecStatus.COMMAND_OK:
            self._rows = []
            if result.command_status == b"ROLLBACK":  # how PostgreSQL answers the commit of what has failed before
                raise InFailedSqlTransaction("nothing is committed: a statement of the transaction has failed before")
        elif result.error_field(DiagnosticField.SQLSTATE) == _OTHER_COLUMNS:
            self._known.name = b""  # its columns are others than those it was prepared with


@cache
def _row(*names: bytes) -> type[tuple[Any, ...]]:
    return namedtuple("Row", [name.decode() for name in names], rename=True)  # its names are those of columns


class Wire:
    """One connection and what is on its way there. Nobody else may speak on it before that is settled."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection
        self._pg = connection.pgconn
        self._known: OrderedDict[str, Known] = OrderedDict()
        self._names = 0
        self._awaited: deque[Took] = deque()
        self._others = Transformer(connection)
        self._speaks = False
        self._closing = False

    def send(self, text: str, values: Mapping[str, Any], *_: object) -> Sent:
        """Send a statement behind those sent before: in the connection's transaction, which begins with it where it has not yet."""
        text, values = fold(text, values)
        sql, names, answers = numbered(text)
        given = [None if (value := values[name]) is None else self._plain(value) for name in names]
        if not self._speaks:
            self._open()
        known = self._known.get(text)
        if known is None:
            known = self._meet(text)
            self._pg.send_query_params(sql, given)
        else:
            self._known.move_to_end(text)
            if not known.name:
                self._prepare(known, sql)
            self._pg.send_query_prepared(known.name, given)
        sent = Sent(self, known, answers)
        self._awaited.append(sent.take)
        return sent

    def wait_for(self, sent: Sent) -> None:
        """Wait until a statement is answered. Raises what it complains of, or one before it."""
        if self._awaited:
            self._pg.send_flush_request()
            self._flush()
        while self._awaited and not sent.came:
            self._take()

    def settle(self) -> None:
        """Wait until everything is answered, so that others may speak. Raises the first complaint."""
        try:
            if self._speaks:
                self._close()
            while self._awaited:
                self._take()
        except BaseException:
            self.give_up()
            raise

    def give_up(self) -> None:
        """The same where something has failed already: whatever the answers say, nobody is told any more, and no rows are read.
        Where that fails, too, the connection is closed: nobody would know what its next answer belongs to."""
        try:
            if self._speaks and self._pg.status == ConnStatus.OK:
                self._close()
                while self._awaited:
                    result, took = self._next()
                    if result.status != ExecStatus.TUPLES_OK:
                        took(result)
        except BaseException as error:
            self.connection.close()
            if not isinstance(error, psycopg.Error):
                raise
        finally:
            self._awaited.clear()
            self._speaks = False

    def __enter__(self) -> "Wire":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Settled, or given up where something has gone wrong."""
        if kind is None:
            self.settle()
        else:
            self.give_up()

    def _open(self) -> None:
        begins = not self.connection.autocommit and self._pg.transaction_status == TransactionStatus.IDLE
        self._pg.enter_pipeline_mode()
        self._speaks, self._closing = True, False
        if begins:
            self._say(b"begin")

    def _close(self) -> None:
        """What is sent ends here; its answer ends the answers."""
        if not self._closing:
            self._closing = True
            self._pg.pipeline_sync()
            self._awaited.append(self._closed)
            self._flush()

    def _flush(self) -> None:
        if self._pg.flush():  # more than the socket takes at once
            wait(flushed(self._pg), self._pg.socket, LOOK_UP)

    def _closed(self, _: PGresult) -> None:
        self._pg.exit_pipeline_mode()
        self._speaks = False

    def _take(self) -> None:
        try:
            result, took = self._next()
            took(result)
        except BaseException:
            self.give_up()
            raise
        if result.status in _WRONG:
            self.give_up()
            raise error_from_result(result)

    def _next(self) -> tuple[PGresult, Took]:
        """The next answer and who waits for it."""
        try:
            results = wait(fetch_many(self._pg), self._pg.socket, LOOK_UP)
        except KeyboardInterrupt:
            self.connection.cancel()
            raise
        if not results:
            raise psycopg.OperationalError("PostgreSQL has left a statement without an answer")
        return results[0], self._awaited.popleft()

    def _say(self, command: bytes) -> None:
        self._pg.send_query_params(command, None)
        self._awaited.append(lambda _: None)

    def _meet(self, text: str) -> Known:
        """A text that comes for the first time; the one that has not come for the longest time is forgotten."""
        known = self._known[text] = Known()
        if len(self._known) > MOST_KNOWN:
            _, oldest = self._known.popitem(last=False)
            if oldest.name:
                self._say(b"deallocate " + oldest.name)
        return known

    def _prepare(self, known: Known, sql: bytes) -> None:
        self._names += 1
        known.name, known.reader = b"orderway_%d" % self._names, None
        self._pg.send_prepare(known.name, sql)
        self._awaited.append(known.prepared)

    def _plain(self, value: Any) -> bytes:
        """A value as PostgreSQL reads it. Raises DataError for a text that no column holds: with a NUL, or half of a surrogate pair."""
        if type(value) is list:
            value = array(value)
        if type(value) is str:
            if "\0" in value:
                raise psycopg.DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes")
            try:
                return value.encode()
            except UnicodeEncodeError as error:
                raise psycopg.DataError(f"not a text: {error}") from error
        if type(value) in _PLAIN:
            return str(value).encode()
        return bytes(self._others.get_dumper(value, PyFormat.TEXT).dump(value) or b"")


def wire_of(connection: psycopg.Connection[Any]) -> Wire:
    """The wire of a connection: one as long as it lives."""
    kept = vars(connection)
    if "orderway_wire" not in kept:
        kept["orderway_wire"] = Wire(connection)
    found: Wire = kept["orderway_wire"]
    return found


def array(values: list[Any]) -> str | list[Any]:
    """A list as PostgreSQL writes an array (its manual, 8.15.2); every parameter is cast, so its type needs no guess.

    A third of the time that psycopg takes to find out and escape what stands in a long list. Lists of other things stay as they are.
    """
    if len(values) == 1 and type(values[0]) in _PLAIN_OR_TEXT:
        return "{" + _element(values[0]) + "}"
    kinds = set(map(type, values))
    if kinds <= _BARE:
        return "{" + ",".join(map(str, values)) + "}"
    if kinds == {type(None)}:
        return "{" + ",".join(["null"] * len(values)) + "}"
    if not kinds <= _PLAIN_OR_TEXT:
        return values
    if kinds == {str} and "\\" not in (joined := '","'.join(values)) and joined.count('"') == 2 * len(values) - 2:
        return '{"' + joined + '"}'  # no text holds a character that has to be escaped
    return "{" + ",".join(map(_element, values)) + "}"


def _element(value: Any) -> str:
    if value is None:
        return "null"
    text = str(value)
    return text if type(value) in _BARE else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


_BARE = frozenset({int, bool, Decimal, date})
_PLAIN = _BARE | {datetime}
_PLAIN_OR_TEXT = _PLAIN | {str, type(None)}

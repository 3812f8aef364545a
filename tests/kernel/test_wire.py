"""The way to PostgreSQL: statements in order, prepared when they come again, and whole again after whatever went wrong."""

import _thread
import gc
import signal
import threading
import time
import weakref
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal as D
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from orderway import wire
from orderway.kernel.sql import fetch, send, whole
from orderway.wire import Wire, answers, numbered, wire_of

ASKED = "select %(n)s::integer as n"


def connected() -> psycopg.Connection[Any]:
    given = connection.get_connection_params()
    given = {name: given[name] for name in ("dbname", "user", "password", "host", "port") if name in given}
    return psycopg.connect(**given, autocommit=True)


@pytest.fixture
def line() -> Iterator[Wire]:
    """A wire of its own, outside of Django."""
    with connected() as own:
        yield Wire(own)


def prepared(line: Wire) -> int:
    (row,) = line.send("select count(*) as n from pg_prepared_statements", {}).rows
    line.settle()
    return int(row.n)


def test_parameters_are_numbered_by_name_and_a_percent_sign_is_written_twice():
    text = numbered("select %(a)s::text || '%%' || %(b)s::text || %(a)s::text")
    assert text.sql == b"select $1::text || '%' || $2::text || $1::text"
    assert text.names == ("a", "b")
    assert text.answers


def test_what_comes_again_is_prepared_and_what_came_longest_ago_is_forgotten(line, monkeypatch):
    monkeypatch.setattr(wire, "MOST_KNOWN", 3)
    for n in range(5):
        for _ in range(3):
            assert line.send(f"{ASKED} -- {n}", {"n": n}).rows[0].n == n
    line.settle()
    assert prepared(line) == 2  # the question itself is the third that is known
    assert line.send(f"{ASKED} -- 0", {"n": 7}).rows[0].n == 7


def test_a_failure_is_told_once_and_the_wire_is_whole_again(line):
    for _ in range(3):
        good = line.send(ASKED, {"n": 1})
        bad = line.send("select 1 / %(n)s::integer as n", {"n": 0})
        after = line.send(ASKED, {"n": 2})
        assert good.rows[0].n == 1
        with pytest.raises(psycopg.errors.DivisionByZero):
            line.settle()
        for lost in (bad, after):
            with pytest.raises(psycopg.errors.PipelineAborted):
                _ = lost.rows
        assert line.send(ASKED, {"n": 3}).rows[0].n == 3
        line.settle()


def test_an_answer_that_cannot_be_read_is_told_and_the_wire_is_whole_again(line):
    for _ in range(3):
        line.send(ASKED, {"n": 1})
        line.send("select 'infinity'::timestamptz as at", {})
        line.send(ASKED, {"n": 2})
        with pytest.raises(psycopg.DataError):
            line.settle()
        assert line.send(ASKED, {"n": 3}).rows[0].n == 3
        line.settle()


@pytest.fixture
def interruptible() -> Iterator[None]:
    """A process that a shell has put into the background ignores interrupts from its beginning."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_who_interrupts_a_long_statement_need_not_wait_for_it(line, interruptible):
    threading.Timer(0.3, _thread.interrupt_main).start()
    began = time.monotonic()
    line.send("select pg_sleep(%(n)s::integer)", {"n": 30})
    with pytest.raises(KeyboardInterrupt):
        line.settle()
    assert time.monotonic() - began < 10
    assert line.send(ASKED, {"n": 3}).rows[0].n == 3
    line.settle()


def test_what_could_not_be_prepared_is_prepared_the_next_time(line):
    text = "select n from not_there_yet where n = %(n)s::integer"
    for _ in range(2):
        line.send(text, {"n": 1})
        with pytest.raises(psycopg.errors.UndefinedTable):
            line.settle()
    line.send("create temporary table not_there_yet as select 1 as n", {})
    line.settle()
    assert line.send(text, {"n": 1}).rows[0].n == 1
    line.settle()


def test_a_connection_that_is_gone_is_told_and_nothing_waits_for_it(line):
    line.send(ASKED, {"n": 1})
    line.settle()
    fetch("select pg_terminate_backend(%(pid)s::integer) as gone", {"pid": line.connection.info.backend_pid})
    line.send(ASKED, {"n": 1})
    with pytest.raises(psycopg.OperationalError):
        line.settle()
    line.give_up()


def test_a_connection_that_is_closed_leaves_nothing_behind():
    own = connected()
    assert wire_of(own) is wire_of(own)
    wire_of(own).send(ASKED, {"n": 1})
    wire_of(own).settle()
    own.close()
    left = weakref.ref(own)
    del own
    gc.collect()
    assert left() is None


def test_values_of_all_kinds_arrive(line):
    moment = datetime(2026, 11, 23, 7, 5, tzinfo=UTC)
    text = """select %(t)s::text as t, %(i)s::bigint as i, %(d)s::numeric as d, %(b)s::boolean as b, %(at)s::timestamptz as at,
              %(none)s::text as none, %(raw)s::bytea as raw, %(list)s::text[] as list"""
    values = {
        "t": "ä%'\\",
        "i": -5,
        "d": D("1.50"),
        "b": False,
        "at": moment,
        "none": None,
        "raw": b"\0\xff",
        "list": ["a", None],
    }
    (row,) = line.send(text, values).rows
    line.settle()
    assert row._asdict() == values
    with pytest.raises(psycopg.DataError):
        line.send(text, {**values, "t": "a\0b"})
    with pytest.raises(psycopg.DataError):
        line.send(text, {**values, "t": "a\ud800"})
    assert line.send(ASKED, {"n": 1}).rows[0].n == 1
    line.settle()


def test_a_large_set_goes_and_comes_while_others_wait_behind_it(line):
    many = list(range(300_000))
    large = line.send("select unnest(%(many)s::integer[]) as n", {"many": many})
    small = line.send(ASKED, {"n": 1})
    back = line.send("select unnest(%(many)s::integer[]) as n", {"many": many})
    assert small.rows[0].n == 1
    line.settle()
    assert [row.n for row in large.rows] == [row.n for row in back.rows] == many


STEPS = st.recursive(
    st.sampled_from(["write", "ask", "break", "library"]).map(lambda kind: (kind,)),
    lambda inside: st.tuples(st.sampled_from(["part", "given up"]), st.lists(inside, max_size=4)),
    max_leaves=12,
)


class _GivenUp(Exception):
    pass


def _give_up(really: bool) -> None:
    if really:
        raise _GivenUp


def done(step: tuple, stands: list[int], number: Iterator[int]) -> None:
    """Do a step for real, and keep in `stands` what must stand afterwards by a plain account of it."""
    kind, *inside = step
    if kind == "write":
        n = next(number)
        fetch("insert into wire_probe values (%(n)s::integer)", {"n": n})
        stands.append(n)
    elif kind == "ask":
        assert [row.n for row in fetch("select n from wire_probe order by n", {})] == stands
    elif kind == "break":
        before = len(stands)
        with pytest.raises(Exception, match="division by zero"), whole():
            fetch("insert into wire_probe values (1 / 0)", {})
        assert len(stands) == before
    elif kind == "library":
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from wire_probe")
            assert cursor.fetchone() == (len(stands),)
    else:
        before = list(stands)
        try:
            with whole():
                for one in inside[0]:
                    done(one, stands, number)
                _give_up(kind == "given up")
        except _GivenUp:
            stands[:] = before


@pytest.mark.usefixtures("db")
@settings(max_examples=60, deadline=None)
@given(st.lists(STEPS, max_size=6))
def test_savepoints_hold_whatever_is_sent_within_and_in_between(steps):
    stands: list[int] = []
    number = iter(range(1_000_000))
    fetch("create temporary table if not exists wire_probe (n integer primary key)", {})
    fetch("truncate wire_probe", {})
    with whole():
        for step in steps:
            done(step, stands, number)
        unread = send(ASKED, {"n": 5})
    assert unread.rows[0].n == 5
    assert [row.n for row in fetch("select n from wire_probe order by n", {})] == stands


def test_a_savepoint_in_which_nothing_is_sent_is_not_set(monkeypatch):
    said: list[str] = []
    sends = Wire.send
    monkeypatch.setattr(Wire, "send", lambda line, text, *rest: (said.append(text), sends(line, text, *rest))[1])
    with whole():
        with whole(), whole():
            pass
        with whole(), whole():
            assert fetch(ASKED, {"n": 1})[0].n == 1
    words = [text.split()[0] for text in said]
    assert words == ["savepoint", "savepoint", "select", "release", "release", "commit"]


def test_whether_a_statement_answers_is_read_from_its_text():
    assert answers("with a as (insert into x values (1)) select 1")
    assert answers("insert into x values (1) returning id")
    assert not answers("with a as (select 1) update x set n = 1")


@pytest.mark.parametrize(
    "text",
    [
        "-- to update (or not\nselect 1 as n",
        "/* set ( */ select 1 as n",
        "select ')' as n, 'it''s (' as m",
        'with "update" as (select 1 as n) select n from "update"',
        "with a as (select '(' as n) select n from a",
        "Select 1 as n",
    ],
)
def test_comments_texts_and_quoted_names_do_not_hide_that_a_statement_answers(text):
    with whole():
        assert len(fetch(text, {})) == 1


@pytest.fixture
def probe(db) -> None:
    fetch("create temporary table wire_broken (n integer primary key) on commit drop", {})


@pytest.mark.usefixtures("probe")
@pytest.mark.parametrize(
    "text",
    [
        "lock table wire_broken",
        "INSERT INTO wire_broken VALUES (9)",
        "insert into wire_broken values (3) -- returning nothing",
        "insert into wire_broken select 3 where 'returning' <> ''",
        "with a as (select ')' as x) insert into wire_broken select 5",
        "alter table wire_broken add column z text",
    ],
)
def test_what_gives_no_rows_is_no_failure(text):
    with whole():
        assert fetch(text, {}) == []


def test_columns_that_changed_are_read_as_they_are_now(line):
    def rows(text: str) -> list[Any]:
        sent = line.send(text, {})
        line.settle()
        return sent.rows

    rows("create temporary table moving as select 5 as n")
    assert rows("select * from moving")[0].n == 5
    rows("alter table moving alter column n type text using 'five'")
    assert rows("select * from moving")[0].n == "five"
    rows("alter table moving add column m text default 'x'")
    with pytest.raises(psycopg.errors.FeatureNotSupported):
        rows("select * from moving")
    assert rows("select * from moving")[0].m == "x"


def interrupted_at(line: Wire, monkeypatch: pytest.MonkeyPatch, *turns: int) -> None:
    """The answer of this turn is taken, and the interrupt comes before anybody knows whose it was."""
    waits, count = wire.wait, iter(range(1, 100))

    def wait(*given: Any) -> Any:
        answer = waits(*given)
        if next(count) in turns:
            raise KeyboardInterrupt
        return answer

    monkeypatch.setattr(wire, "wait", wait)
    with pytest.raises(KeyboardInterrupt):
        line.settle()
    monkeypatch.undo()


@pytest.mark.parametrize("turns", [(1,), (1, 3), (2, 3), (4,)])
def test_an_interrupt_leaves_no_answer_that_belongs_to_nobody(line, monkeypatch, turns):
    line.send(ASKED, {"n": 1})
    line.send("select 1 / %(n)s::integer as n", {"n": 1})
    line.send(ASKED, {"n": 2})
    interrupted_at(line, monkeypatch, *turns)
    assert line.connection.closed


def test_a_watcher_that_fails_leaves_the_connection_to_others():
    def watches(execute: Any, *asked: Any) -> Any:
        execute(*asked)
        raise _GivenUp

    with connection.execute_wrapper(watches), pytest.raises(_GivenUp):
        fetch(ASKED, {"n": 1})
    with connection.cursor() as cursor:
        cursor.execute("select 1")
        assert cursor.fetchone() == (1,)


def test_who_swallows_a_failure_is_not_told_that_all_is_committed():
    told = pytest.raises(DatabaseError, match="nothing is committed")
    with told, whole(), pytest.raises(psycopg.errors.DivisionByZero):
        fetch("select 1 / 0 as n", {})


@pytest.mark.usefixtures("probe")
def test_what_failed_before_a_savepoint_is_told_as_what_it_is():
    def twice() -> None:
        for _ in range(2):
            send("insert into wire_broken values (1)", {})
        with whole():
            fetch(ASKED, {"n": 1})

    with pytest.raises(IntegrityError), whole():
        twice()


@pytest.mark.usefixtures("probe")
def test_libraries_are_told_of_what_failed_in_their_own_way():
    with whole():
        fetch("insert into wire_broken values (7)", {})
        with pytest.raises(IntegrityError), transaction.atomic():
            send("insert into wire_broken values (7)", {})
        assert [row.n for row in fetch("select n from wire_broken", {})] == [7]


def test_what_is_to_happen_after_the_commit_goes_with_its_own_part_only():
    happened: list[str] = []
    with whole():
        with whole():
            fetch(ASKED, {"n": 1})
            transaction.on_commit(lambda: happened.append("kept"))
        with pytest.raises(DatabaseError), whole():
            fetch("select 1 / 0 as n", {})
        with pytest.raises(_GivenUp), whole():
            _give_up(transaction.on_commit(lambda: happened.append("given up")) is None)
    assert happened == ["kept"]

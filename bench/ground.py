"""The ground both sides stand on: one durable PostgreSQL of their own, and two databases that are copies of one template."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parents[1]
TEMPLATE, OURS, LIMIT = (f"bench_{name}_{os.getpid()}" for name in ("template", "ours", "limit"))
PASSING = "'procrastinate_workers', 'django_migrations'"  # who is at work now, and a name of our own


@dataclass(frozen=True, slots=True)
class Ground:
    """A running server: the address of any of its databases, and the process whose children do its work."""

    url: str
    home: Path
    postmaster: int
    before: dict[str, dict[str, int]] = field(default_factory=dict)

    def named(self, database: str) -> str:
        """The address of one of its databases."""
        head, _, query = self.url.partition("?")
        return f"{head.rsplit('/', 1)[0]}/{database}?{query}"

    def fresh(self, prepare: Callable[[], object] | None = None) -> None:
        """Both databases again as the template has them, and both with what `prepare` does on our side."""
        self._copy(OURS, TEMPLATE)
        if prepare:
            prepare()
        self._copy(LIMIT, OURS)
        self.mark()

    def _copy(self, new: str, old: str) -> None:
        leave()
        copy = {"new": sql.Identifier(new), "old": sql.Identifier(old)}
        with psycopg.connect(self.named("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("drop database if exists {new} with (force)").format(**copy))
            connection.execute(sql.SQL("create database {new} template {old}").format(**copy))

    def mark(self) -> None:
        """What the two sides have from here on is what `same_rows` compares."""
        self.before.update({name: counts(self.named(name)) for name in (OURS, LIMIT)})

    def added(self, name: str) -> dict[str, int]:
        """How many rows each table of a database has more than at the mark, and how many events of each name."""
        now, before = counts(self.named(name)), self.before[name]
        return {what: n - before.get(what, 0) for what, n in now.items() if n != before.get(what, 0)}

    def tidy(self) -> None:
        """Vacuum and analyse both, so that neither side pays for what was written before it."""
        for name in (OURS, LIMIT):
            with psycopg.connect(self.named(name), autocommit=True) as connection:
                connection.execute("vacuum (analyze)")
        with psycopg.connect(self.named(OURS), autocommit=True) as connection:
            connection.execute("checkpoint")

    def same_rows(self) -> None:
        """Both sides must have left as many rows in every table, and as many events of every name."""
        ours, limit = self.added(OURS), self.added(LIMIT)
        strange = {
            name: (ours.get(name), limit.get(name)) for name in ours | limit if ours.get(name) != limit.get(name)
        }
        if strange:
            raise AssertionError(f"the two sides did not do the same (ours, limit): {strange}")


def check(url: str) -> None:
    """What `orderway check` says of a database: its sums agree with its ledgers, its rows with their events."""
    environment = {**os.environ, "DATABASE_URL": url}
    done = subprocess.run(
        [sys.executable, "-m", "orderway.cli", "check"], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise AssertionError(f"the rows do not agree with each other: {done.stdout}{done.stderr}")


def counts(url: str) -> dict[str, int]:
    """How many rows each table of a database has, and how many events there are of each name."""
    with psycopg.connect(url) as connection:
        tables = connection.execute(
            "select relname from pg_class where relkind in ('r', 'p') and not relispartition "
            f"and relnamespace = 'public'::regnamespace and relname not in ({PASSING}) order by 1"
        ).fetchall()
        found = {}
        for (table,) in tables:
            row = connection.execute(sql.SQL("select count(*) from {}").format(sql.Identifier(table))).fetchone()
            found[table] = row[0] if row else 0
        events = connection.execute("select 'event ' || name, count(*) from event group by 1").fetchall()
    return found | dict(events)


def leave() -> None:
    """Close what Django holds open."""
    from django.conf import settings

    if settings.configured:
        from django.db import connections

        connections.close_all()
        connections["default"].close_pool()  # type: ignore[attr-defined]


@contextmanager
def ground() -> Iterator[Ground]:
    """A server of its own in a folder of its own, durable, with the template in it; Django stands on the database of our side."""
    with _home() as home:
        from orderway.cluster import Cluster

        cluster = Cluster(home / "cluster", fsync=True)
        url = cluster.ensure()
        try:
            place = _standing(url, home)
            with psycopg.connect(place.named("postgres"), autocommit=True) as connection:
                # what autovacuum does falls on whoever is measured just then: `tidy` does it between the runs instead
                connection.execute("alter system set autovacuum = off")
                connection.execute("select pg_reload_conf()")
                connection.execute(sql.SQL("create database {}").format(sql.Identifier(TEMPLATE)))
            _fill(place.named(TEMPLATE), "migrate")
            with _ready(place):
                yield place
        finally:
            cluster.stop()


@contextmanager
def borrowed(url: str) -> Iterator[Ground]:
    """The same on a server that is there, beside a database with the firm of the tests in it; the figures mean nothing then."""
    with _home() as home:
        place = _standing(url, home)
        grown = sql.Identifier(TEMPLATE)
        original = sql.Identifier(url.partition("?")[0].rsplit("/", 1)[1])
        with psycopg.connect(place.named("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("create database {} template {}").format(grown, original))
        try:
            _fill(place.named(TEMPLATE), "grow")
            with _ready(place):
                yield place
        finally:
            leave()
            with psycopg.connect(place.named("postgres"), autocommit=True) as connection:
                for name in (OURS, LIMIT, TEMPLATE):
                    connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


@contextmanager
def _home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="orderway-bench-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "orderway.settings",
            "ORDERWAY_DATA": str(home),
            "ORDERWAY_SECRET": "bench-only",
            "ORDERWAY_BLOBS": str(home / "blobs"),
        }
        yield home


def _standing(url: str, home: Path) -> Ground:
    with psycopg.connect(url) as connection:
        (backend,) = connection.execute("select pg_backend_pid()").fetchone() or (0,)
        return Ground(url, home, psutil.Process(backend).ppid())


def _fill(url: str, how: str) -> None:
    # in a process of its own, because Django settles on a database once
    command = [sys.executable, "-m", "bench.world", how]
    subprocess.run(command, env={**os.environ, "DATABASE_URL": url}, cwd=ROOT, check=True)


@contextmanager
def _ready(place: Ground) -> Iterator[None]:
    """Django on the database of our side; it settles on one for good, so that a process has one ground only."""
    import django

    place.fresh()
    os.environ["DATABASE_URL"] = place.named(OURS)
    django.setup()
    try:
        yield
    finally:
        leave()


def rows(url: str, text: str, values: Any = None) -> list[Any]:
    """The rows of one statement."""
    with psycopg.connect(url) as connection:
        return connection.execute(text, values).fetchall()

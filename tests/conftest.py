"""A real PostgreSQL for every test: one embedded server, a template database with a small believable print shop, a copy per process."""

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent
HOME = Path(tempfile.gettempdir()) / f"orderway-tests-{os.geteuid()}"
ALL = os.environ.get("ORDERWAY_ALL_TESTS") == "1"

HOME.mkdir(mode=0o755, exist_ok=True)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orderway.settings")
os.environ["ORDERWAY_DATA"] = str(HOME)
os.environ["ORDERWAY_SECRET"] = "tests-only"
os.environ["ORDERWAY_BLOBS"] = str(HOME / f"blobs-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}")


def _server() -> str:
    from orderway.cluster import Cluster

    return os.environ.get("ORDERWAY_TEST_SERVER") or Cluster(HOME / "cluster", fsync=False).ensure()


def _named(url: str, database: str) -> str:
    head, _, query = url.partition("?")
    return f"{head.rsplit('/', 1)[0]}/{database}?{query}"


def _fingerprint() -> str:
    """Of everything that decides what the template holds."""
    files = [*ROOT.glob("src/orderway/*/migrations/*.py"), ROOT / "tests/world.py"]
    files += [*ROOT.glob("src/orderway/*/sql/*.sql"), *ROOT.glob("src/orderway/*/commands*/**/*.py")]
    files += [*ROOT.glob("src/orderway/*/commands.py"), *ROOT.glob("src/orderway/workflow/maps/*")]
    digest = hashlib.sha256()
    for file in sorted(set(files)):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _template(url: str) -> str:
    """Make the template once, whoever comes first; the others wait."""
    name = f"template_{_fingerprint()}"
    with (HOME / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with psycopg.connect(_named(url, "postgres"), autocommit=True) as connection:
            known = {row[0] for row in connection.execute("select datname from pg_database")}
            if name not in known:
                draft = sql.Identifier(f"{name}_draft")
                connection.execute(sql.SQL("drop database if exists {} with (force)").format(draft))
                connection.execute(sql.SQL("create database {}").format(draft))
                _fill(_named(url, f"{name}_draft"))
                connection.execute(sql.SQL("alter database {} rename to {}").format(draft, sql.Identifier(name)))
    return name


def _fill(url: str) -> None:
    """In a process of its own, because Django settles on a database once."""
    import subprocess
    import sys

    subprocess.run([sys.executable, ROOT / "tests" / "world.py"], env={**os.environ, "DATABASE_URL": url}, check=True)


def fresh_database(name: str) -> str:
    """A new copy of the template under `name`; returns its address."""
    url = _server()
    template = _template(url)
    with psycopg.connect(_named(url, "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
        connection.execute(
            sql.SQL("create database {} template {} strategy file_copy").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
    return _named(url, name)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "long: property, crash, fuzz and peer runs of `make test-long`")
    if getattr(config.option, "numprocesses", None) and not hasattr(config, "workerinput"):
        return  # the controller runs no test
    import django

    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    os.environ["DATABASE_URL"] = fresh_database(f"test_{os.getpid()}_{worker}")
    django.setup()


def pytest_unconfigure(config: pytest.Config) -> None:
    url = os.environ.get("DATABASE_URL", "")
    if f"/test_{os.getpid()}_" not in url:
        return
    from django.db import connections

    connections.close_all()
    connections["default"].close_pool()
    name = url.partition("?")[0].rsplit("/", 1)[1]
    with psycopg.connect(_named(url, "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Where everything is installed (ORDERWAY_ALL_TESTS=1), a skipped test is a failed one."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if ALL and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, but nothing may be skipped here: {report.longrepr}"


@pytest.fixture
def db() -> Iterator[None]:
    """Everything the test writes is taken back at its end, after the deferred constraints were checked."""
    from django.db import connection, transaction

    with transaction.atomic():
        yield
        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")
        transaction.set_rollback(True)


@pytest.fixture
def shop(db: None) -> "object":
    """The print shop of tests/world.py, in a transaction of the test's own."""
    import world

    return world.known()


@pytest.fixture(scope="session")
def cases() -> Path:
    """The folder of real files that nobody here wrote."""
    place = Path(os.environ.get("ORDERWAY_CASES", ROOT.parent / "shared" / "cases"))
    if not place.is_dir():
        pytest.skip("the case files are not here: set ORDERWAY_CASES")
    return place

"""A real PostgreSQL for every test: one embedded server, a template database with a small believable print shop, a copy per process."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import HOME, ROOT, drop_database, fresh_database
from hypothesis import settings

ALL = os.environ.get("ORDERWAY_ALL_TESTS") == "1"

HOME.mkdir(mode=0o755, exist_ok=True)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orderway.settings")
os.environ["ORDERWAY_DATA"] = str(HOME)
os.environ["ORDERWAY_SECRET"] = "tests-only"
os.environ["ORDERWAY_BLOBS"] = str(HOME / f"blobs-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}")


def pytest_configure(config: pytest.Config) -> None:
    settings.register_profile("new ones", deadline=None)  # a busy machine is no fault of what is tested
    settings.register_profile("the same every time", settings.get_profile("new ones"), derandomize=True)
    # the long suite looks for examples that nobody has seen
    settings.load_profile("the same every time" if "not long" in config.option.markexpr else "new ones")
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
    drop_database(_let_go(url))


def _let_go(url: str) -> str:
    """Close what this process holds of its database; returns its name."""
    from django.db import connections

    connections.close_all()
    connections["default"].close_pool()
    return url.partition("?")[0].rsplit("/", 1)[1]


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
def committed() -> Iterator[None]:
    """What the test writes is really written, for others to see at the same time; the tests after it get a new database."""
    from django.db import connection

    yield
    with connection.cursor() as cursor:
        cursor.execute("select max(last_value) from pg_sequences")
        (last,) = cursor.fetchone()
    fresh_database(_let_go(os.environ["DATABASE_URL"]))
    with connection.cursor() as cursor:  # a process has never seen the same number twice
        cursor.execute(
            "select setval(format('%%I.%%I', schemaname, sequencename)::regclass, %s) from pg_sequences", [last]
        )


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

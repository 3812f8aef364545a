"""The demo fills an empty installation; a backup of it, taken while it runs, is restored elsewhere; the doctor tells how it does.

Every step is the command a person types, in a process of its own, on databases of its own.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from databases import fresh_database, named, server
from psycopg import sql

from orderway.cli.demo.tables import ASKED

DAYS = "2"
# a network without any device that is up: not even localhost answers; the database is reached by its socket in a file
CUT_OFF = ("unshare", "--net", *(() if os.geteuid() == 0 else ("--map-current-user",)))
pytestmark = pytest.mark.timeout(400)  # a dozen processes: on a machine with other work they wait for each other


class Installation:
    """A data folder and a database, and the commands run there."""

    def __init__(self, folder: Path, database: str) -> None:
        """With an empty database."""
        self.folder, self.url = folder, named(server(), database)
        self.name, self.database = database, sql.Identifier(database)
        folder.mkdir()
        self._onserver("create database {} template template0")

    def settle_in(self) -> None:
        """Instead of the empty database, one with the company of tests/world.py at work in it."""
        self.url = fresh_database(self.name)

    def _onserver(self, statement: str) -> None:
        with psycopg.connect(named(server(), "postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(self.database))

    def drop(self) -> None:
        self._onserver("drop database if exists {} with (force)")

    def orderway(self, *words: str, through: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
        own = {
            "DATABASE_URL": self.url,
            "ORDERWAY_DATA": str(self.folder),
            "ORDERWAY_BLOBS": str(self.folder / "blobs"),
        }
        return subprocess.run(
            [*through, sys.executable, "-m", "orderway.cli", *words],
            check=False,
            capture_output=True,
            text=True,
            env={**os.environ, **own},
        )

    def must(self, *words: str, through: tuple[str, ...] = ()) -> str:
        done = self.orderway(*words, through=through)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        return done.stdout

    def rows(self) -> dict[str, int]:
        """How many rows each table holds."""
        with psycopg.connect(self.url) as connection:
            names = connection.execute("select tablename from pg_tables where schemaname = 'public' order by 1")
            count = sql.SQL("select count(*) from {}")
            return {
                name: connection.execute(count.format(sql.Identifier(name))).fetchone()[0]
                for (name,) in names.fetchall()
            }

    def one(self, question: str) -> object:
        with psycopg.connect(self.url) as connection:
            return connection.execute(question).fetchone()[0]

    def papers(self) -> set[str]:
        return {file.name for file in (self.folder / "blobs").rglob("*") if file.is_file()}


@pytest.fixture(scope="module")
def cut_off():
    """The words before a command that leave it no route out; none where the machine lets nobody make a network of their own."""
    if subprocess.run([*CUT_OFF, "true"], check=False, capture_output=True).returncode:
        return ()
    reach = "import socket; socket.create_connection(('127.0.0.1', 1), 1)"
    said = subprocess.run([*CUT_OFF, sys.executable, "-c", reach], check=False, capture_output=True, text=True).stderr
    assert "unreachable" in said
    return CUT_OFF


@pytest.fixture(scope="module")
def kessler(tmp_path_factory, cut_off):
    """The demo company after two working days, which were filled in without a network."""
    made = Installation(tmp_path_factory.mktemp("kessler") / "data", f"demo_{os.getpid()}")
    made.said = made.must("demo", "--days", DAYS, through=cut_off)
    yield made
    made.drop()


@pytest.fixture
def elsewhere(tmp_path):
    """Another, empty installation."""
    made = Installation(tmp_path / "elsewhere", f"elsewhere_{os.getpid()}")
    yield made
    made.drop()


@pytest.fixture(scope="module")
def saved(kessler, tmp_path_factory):
    """A proved backup of the demo company."""
    folder = tmp_path_factory.mktemp("backup") / "today"
    kessler.answer = kessler.must("backup", str(folder))
    return folder


def test_the_demo_is_a_print_shop_at_work(kessler):
    assert "jana.petersen@kessler.example" in kessler.said
    assert kessler.one("select count(*) from item") >= 75
    assert kessler.one("select count(*) from party where is_customer") >= 60
    assert kessler.one("select count(distinct role) from role_grant") == 9
    assert kessler.one("select count(*) from sales_order") >= 10
    assert kessler.one("select count(distinct kind) from document") >= 5
    assert kessler.one("select count(*) from intake where state = 'review'") >= 4
    assert kessler.one("select count(*) from intake where state = 'order'") >= 2
    assert kessler.one("select count(*) from parcel where state = 'committed'") >= 1
    assert kessler.one("select count(*) from event where at > now()") == 0, "nothing happens in the future"
    assert json.loads((kessler.folder / "demo.json").read_text())["accounts"]
    assert "agrees" in kessler.must("check")


@pytest.mark.long
def test_a_whole_month_of_it_is_filled_in_two_minutes_without_a_route_out(elsewhere, cut_off):
    if not cut_off:
        pytest.skip("this machine lets nobody make a network of their own")
    before = os.times()
    elsewhere.must("demo", through=cut_off)
    after = os.times()
    # of the processor, for other work may hold it: alone on two cores it is 66 seconds on the clock
    assert after.children_user + after.children_system - before.children_user - before.children_system < 90
    assert elsewhere.one("select count(*) from sales_order") >= 150


def test_its_tables_give_out_the_work_and_name_their_reason_and_who_answers_for_them(kessler):
    versions = "select count(*) from decision_version v join person p on p.id = v.published_by_id"
    assert kessler.one(f"{versions} where p.email like 'florian.baum@%' and length(v.why) > 20") == 3
    asked = (  # work items of the steps that a table gives out, less its decisions
        "select sum(case when w.node in {nodes} then 1 else 0 end) - (select count(*) from decision_made m"
        " join decision_version v on v.id = m.version_id join decision_definition d on d.id = v.definition_id"
        " where d.key = '{table}') from work_item w"
    )
    for table, nodes in ASKED.items():
        assert kessler.one(asked.format(table=table, nodes=nodes)) == 0
    abroad = (
        "select count(*) from decision_made m join sales_order o on o.id = m.subject_id and o.ship_country <> 'DE'"
        " where m.result ->> 'person' is not null and m.rules <> '{1}'"
    )
    assert kessler.one(abroad) == 0
    whose = "select count(*) from work_item where state = 'done' and done_by <> assignee_id"
    assert kessler.one(whose) == 0, "each is finished by whom it was given to"


def test_filled_a_second_time_nothing_changes(kessler):
    before, papers = kessler.rows(), kessler.papers()
    assert "nothing was changed" in kessler.must("demo")
    assert (kessler.rows(), kessler.papers()) == (before, papers)


def test_a_backup_is_restored_elsewhere_whole(kessler, saved, elsewhere):
    assert "The backup is good" in kessler.answer
    said = elsewhere.must("restore", str(saved))
    assert "agrees" in said
    assert "archive is whole" in said
    assert elsewhere.rows() == kessler.rows()
    assert elsewhere.papers() == kessler.papers()
    refused = elsewhere.orderway("restore", str(saved))
    assert refused.returncode == 1
    assert "in use" in refused.stderr


def test_a_damaged_backup_is_not_restored(saved, elsewhere, tmp_path):
    damaged = tmp_path / "damaged"
    subprocess.run(["cp", "-r", saved, damaged], check=True)
    dump = bytearray((damaged / "database.dump").read_bytes())
    dump[len(dump) // 2] ^= 1
    (damaged / "database.dump").write_bytes(dump)
    refused = elsewhere.orderway("restore", str(damaged))
    assert refused.returncode == 1
    assert "has changed" in refused.stderr
    assert elsewhere.rows() == {}


PROOFS = "select count(*) from pg_database where datname like 'orderway\\_proof%'"


def test_a_backup_that_cannot_be_proved_is_not_called_good(kessler, saved, tmp_path):
    before = kessler.one(PROOFS)  # a run that was killed may have left one
    with psycopg.connect(kessler.url) as connection:
        connection.execute("update stock_level set on_hand = on_hand + 1 where id = (select min(id) from stock_level)")
    try:
        done = kessler.orderway("backup", str(tmp_path / "doubtful"))
    finally:
        with psycopg.connect(kessler.url) as connection:
            connection.execute(
                "update stock_level set on_hand = on_hand - 1 where id = (select min(id) from stock_level)"
            )
    assert done.returncode == 1
    assert "does not agree" in done.stderr
    assert "level" in done.stderr
    assert json.loads((tmp_path / "doubtful" / "manifest.json").read_text())["proved_at"] is None
    assert kessler.one(PROOFS) == before


def test_the_doctor_says_how_it_does_and_what_to_do(kessler, saved, elsewhere):
    well = kessler.orderway("doctor").stdout.splitlines()
    found = {line.split()[1]: line for line in well if line.startswith(("ok", "attention"))}
    assert found["tables"].startswith("ok")
    assert found["database"].startswith("ok")
    assert "proved" in found["backup"]
    sick = elsewhere.orderway("doctor")
    assert sick.returncode == 1
    assert "-> orderway migrate" in sick.stdout


def test_a_simulated_day_is_the_same_by_its_seed(kessler):
    before = kessler.rows()
    first = kessler.must("day", "--dry", "--seed", "7")
    assert kessler.must("day", "--dry", "--seed", "7") == first
    assert kessler.must("day", "--dry", "--seed", "8").splitlines()[1:] != first.splitlines()[1:]
    for name in ("order.placed", "shipment.shipped", "work.late", "work.escalated"):
        assert name in first
    assert kessler.rows() == before, "taken back"


def test_a_day_happens_through_commands_and_only_once(saved, elsewhere):
    elsewhere.must("restore", str(saved))
    told = elsewhere.must("day", "--dry", "--seed", "7")
    assert elsewhere.must("day", "--seed", "7") == told
    noted = json.loads((elsewhere.folder / "day.json").read_text())
    assert (noted["over"], len(noted["hours"])) == (True, 13)
    assert elsewhere.one("select count(*) from event where at > now() and name = 'order.placed'") >= 6
    assert "agrees" in elsewhere.must("check")
    again = elsewhere.must("day", "--dry", "--seed", "7")
    assert again.splitlines()[0] > told.splitlines()[0], "the day after"


def test_where_no_demo_is_no_day_is_simulated(elsewhere):
    elsewhere.settle_in()
    refused = elsewhere.orderway("day")
    assert refused.returncode == 1
    assert "no demo company" in refused.stderr

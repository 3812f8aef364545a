"""What the scripts of the peers import under this name, so that they are measured as Orderway is: by the process that started them.

It runs in the peer's own virtual environment, knows nothing of Orderway and needs psycopg only. `run` waits for lines on the standard
input: a number is so many lives to live one after the other, and is answered by "done"; at the end of the input it returns.
"""

import argparse
import sys
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

DEFAULTS = {"orders": 0, "lines": 5, "customers": 100, "products": 1_000, "batch": 0, "probe": 0}


def args(name: str, **_: Any) -> argparse.ArgumentParser:
    """The arguments that every peer takes."""
    parser = argparse.ArgumentParser(description=name)
    parser.add_argument("--dsn", required=True)
    parser.add_argument("--setup", action="store_true")
    for option, value in DEFAULTS.items():
        parser.add_argument(f"--{option}", type=int, default=value)
    return parser


def dbname(dsn: str) -> str:
    """The database that an address names."""
    return urlsplit(dsn).path.lstrip("/")


def admin_dsn(dsn: str, database: str = "postgres") -> str:
    """The address of another database of the same server."""
    parts = urlsplit(dsn)
    return urlunsplit((parts.scheme, parts.netloc, "/" + database, parts.query, ""))


def recreate_db(dsn: str) -> None:
    """An empty database."""
    with psycopg.connect(admin_dsn(dsn), autocommit=True) as connection:
        connection.execute(f'drop database if exists "{dbname(dsn)}" with (force)')
        connection.execute(f'create database "{dbname(dsn)}"')


class Stats:
    """Counts nothing here."""

    def __init__(self, _: str) -> None:
        pass


class Meter(Stats):
    """Measures nothing here: the process that started this one does."""


def run(
    name: str,
    version: str,
    asked: argparse.Namespace,
    place: Callable[[int, int], Any],
    rest: Callable[[Any], None],
    *_: Any,
    **__: Any,
) -> None:
    """Live as many lives as the input asks for, from the placing of an order to its payment."""
    lived = 0
    print(f"ready {name} {version}", flush=True)
    for line in sys.stdin:
        until = lived + int(line)
        while lived < until:
            lived += 1
            rest(place(lived, asked.lines))
        print("done", flush=True)

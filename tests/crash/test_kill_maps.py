"""Kill -9 of the worker while instances advance: every instance ends, no step ran twice, no timer is lost or doubled."""

import os
import random
import secrets
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import psycopg
import pytest
from databases import fresh_database, named

WORKER = [sys.executable, str(Path(__file__).with_name("moving_worker.py"))]
STEPS = Counter({"a": 1, "b": 1, "c": 2, "d": 1, "x": 2, "g1": 1, "g2": 1, "z": 1})


@pytest.mark.timeout(170)
def test_hundreds_of_instances_survive_kills_of_their_worker() -> None:
    advance_with_kills(instances=400, kills=4)


@pytest.mark.long
@pytest.mark.timeout(1_800)
def test_ten_thousand_instances_survive_kills_of_their_worker() -> None:
    advance_with_kills(instances=10_000, kills=25)


def advance_with_kills(instances: int, kills: int) -> None:
    name = f"kill_maps_{os.getpid()}"
    url = fresh_database(name)
    env = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "orderway.settings"}
    try:
        subprocess.run([*WORKER, "prepare", str(instances)], env=env, check=True)
        with psycopg.connect(url, autocommit=True) as connection:
            _kill_and_start(connection, env, kills)
            _judge(connection, instances)
    finally:
        with psycopg.connect(named(url, "postgres"), autocommit=True) as server:
            server.execute(f'drop database if exists "{name}" with (force)')


def _kill_and_start(connection: psycopg.Connection, env: dict[str, str], kills: int) -> None:
    """Kill the worker again and again while it moves instances, then let one do the rest."""
    seed = secrets.randbelow(10**6)
    print(f"seed {seed}")
    dice = random.Random(seed)
    worker = subprocess.Popen([*WORKER, "work"], env=env)
    try:
        for _ in range(kills):
            before = _running(connection)
            _wait_for(lambda before=before: _running(connection) != before)  # it is at work
            time.sleep(dice.uniform(0, 0.5))
            worker.send_signal(signal.SIGKILL)
            worker.wait()
            worker = subprocess.Popen([*WORKER, "work"], env=env)
        _wait_for(lambda: _running(connection)[0] == 0, patience=600)
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()


def _running(connection: psycopg.Connection) -> tuple[int, int]:
    """How many instances run, and how many steps were done."""
    (found,) = connection.execute(
        """select (select count(*) from process_instance where state = 'running'),
                  (select coalesce(sum(cardinality(log)), 0) from trial)"""
    ).fetchall()
    return found[0], found[1]


def _wait_for(condition: object, patience: float = 20) -> None:
    until = time.monotonic() + patience
    while not condition() and time.monotonic() < until:  # type: ignore[operator]
        time.sleep(0.05)


def _judge(connection: psycopg.Connection, instances: int) -> None:
    states = dict(connection.execute("select state, count(*) from process_instance group by state").fetchall())
    assert states == {"ended": instances}
    wrong = [log for (log,) in connection.execute("select log from trial") if Counter(log) != STEPS]
    assert wrong == []
    left = connection.execute(
        """select (select count(*) from token), (select count(*) from timer), (select count(*) from desk_exception),
                  (select count(*) from arrival where state <> 'taken')"""
    ).fetchone()
    assert left == (0, 0, 0, 0)

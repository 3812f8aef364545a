"""The processes behind the pages, as they really run: what comes in becomes an order, and the customer gets one receipt."""

import asyncio
import email
import email.policy
import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from aiosmtpd.controller import Controller
from doorstep import csv
from psycopg import sql

CUSTOMER = "Druckkontor Nord"


class Postbox:
    """Takes every mail; waits `hold` seconds before it says so."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.hold = 0.0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: ARG002, N802
        self.taken.append(envelope.content)
        await asyncio.sleep(self.hold)
        return "250 taken"

    def letters(self) -> list[Any]:
        return [email.message_from_bytes(raw, policy=email.policy.default) for raw in self.taken]


class House:
    """An installation with a database of its own, and the processes that were started for it."""

    def __init__(self, url: str, smtp: int, folder: Path) -> None:
        self.url = url
        self.environment = {
            **os.environ,
            "DATABASE_URL": url,
            "ORDERWAY_SMTP_HOST": "127.0.0.1",
            "ORDERWAY_SMTP_PORT": str(smtp),
            "ORDERWAY_INLET_FOLDER": str(folder),
            "ORDERWAY_POOL": "3",
        }
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self, *arguments: str) -> "subprocess.Popen[bytes]":
        process = subprocess.Popen([sys.executable, "-m", "orderway.cli", *arguments], env=self.environment)
        self.running.append(process)
        return process

    def do(self, *arguments: str, told: Any = None) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "orderway.cli", *arguments],
            env=self.environment, input=json.dumps(told), text=True, capture_output=True, check=False, timeout=60,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def one(self, query: str) -> Any:
        with psycopg.connect(self.url) as connection:
            return connection.execute(sql.SQL(query)).fetchone()  # type: ignore[arg-type]


def _fresh_database(name: str) -> tuple[str, Any]:
    place = Path(__file__).parents[1] / "databases.py"
    spec = importlib.util.spec_from_file_location("house_of_tests", place)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.fresh_database(name), module


@pytest.fixture
def postbox() -> Iterator[tuple[Postbox, int]]:
    box = Postbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    yield box, port
    server.stop()


@pytest.fixture
def house(postbox: tuple[Postbox, int], tmp_path: Path) -> Iterator[House]:
    name = f"door_{os.getpid()}"
    url, module = _fresh_database(name)
    house = House(url, postbox[1], tmp_path / "in")
    row = {"name": CUSTOMER, "country": "DE", "email": "einkauf@nord.example", "language": "de", "city": "Kiel"}
    house.do("run", "parties.take_on", "--as", "manager@kessler.example", told=[row])
    yield house
    for process in house.running:
        if process.poll() is None:
            process.kill()
        process.wait()
    with psycopg.connect(module.named(url, "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def until(happened: Any, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.2)


def test_what_comes_in_by_two_ways_is_ordered_and_receipted_once(house, postbox, tmp_path):
    box, _ = postbox
    processes = [house.start("worker"), house.start("jobs"), house.start("inlets")]
    file = tmp_path / "a.csv"
    file.write_bytes(csv(f"A-1;{CUSTOMER};ENV-DL;1;"))
    assert "order (csv); A-1, 1 lines" in house.do("capture", str(file))
    until((tmp_path / "in" / "done").is_dir, 20)
    (tmp_path / "in" / "f.csv").write_bytes(csv(f"F-1;{CUSTOMER};ENV-DL;2;"))
    until(lambda: len(box.taken) == 2, 40)
    until((tmp_path / "in" / "done" / "f.csv").exists, 10)
    subjects = sorted(letter["Subject"].split(" (")[0] for letter in box.letters())
    assert subjects == ["Ihre Bestellung A-1 ist eingegangen", "Ihre Bestellung F-1 ist eingegangen"]
    until(lambda: house.one("select count(*) from message where state = 'sent'") == (2,), 10)
    for process in processes:
        process.send_signal(signal.SIGTERM)
    assert [process.wait(timeout=20) for process in processes] == [0, 0, 0]
    assert "Everything agrees" in house.do("check")
    assert len(box.taken) == 2


@pytest.mark.long
def test_a_sender_killed_in_the_middle_sends_at_most_twice_the_same(house, postbox, tmp_path):
    box, _ = postbox
    box.hold = 20.0
    house.start("worker")
    house.start("jobs", "--queues", "read,paper,clock")
    sender = house.start("jobs", "--queues", "send")
    file = tmp_path / "a.csv"
    file.write_bytes(csv(f"A-1;{CUSTOMER};ENV-DL;1;"))
    house.do("capture", str(file))
    until(lambda: len(box.taken) == 1, 40)
    sender.kill()
    sender.wait()
    box.hold = 0.0
    house.start("jobs", "--queues", "send")
    until(lambda: len(box.taken) == 2, 180)
    until(lambda: house.one("select state from message where direction = 'out'") == ("sent",), 20)
    assert len({letter["Message-ID"] for letter in box.letters()}) == 1
    assert box.taken[0] == box.taken[1]

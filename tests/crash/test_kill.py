"""Kill -9 of web, worker, jobs and database at random points while orders come in: nothing acknowledged is lost or done twice."""

import json
import os
import random
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from contextlib import suppress
from email import message_from_bytes
from pathlib import Path

import psutil
import psycopg
import pytest
from aiosmtpd.controller import Controller
from databases import pour_into

from orderway.cluster import Cluster

ROOT = Path(__file__).resolve().parents[2]
ORDERWAY = [sys.executable, "-m", "orderway.cli"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Mailbox:
    """A real SMTP server that keeps what it was given."""

    def __init__(self) -> None:
        self.ids: list[str] = []

    async def handle_DATA(self, _server, _session, envelope) -> str:  # noqa: N802 - the library's name
        self.ids.append(message_from_bytes(envelope.content)["Message-ID"])
        return "250 OK"


class Installation:
    """A whole Orderway of its own, with `orderway serve` as its only parent."""

    def __init__(self, home: Path, smtp_port: int) -> None:
        self.port = free_port()
        self.env = {
            **{k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "ORDERWAY_BLOBS", "ORDERWAY_SECRET")},
            "ORDERWAY_DATA": str(home),
            "DJANGO_SETTINGS_MODULE": "orderway.settings",
            "ORDERWAY_SMTP_HOST": "127.0.0.1",
            "ORDERWAY_SMTP_PORT": str(smtp_port),
        }
        self.cluster = Cluster(home / "cluster")
        pour_into(self.cluster.ensure())
        self.token, self.row = self._meet_a_buyer()
        self.process = subprocess.Popen(
            [*ORDERWAY, "serve", "--port", str(self.port), "--web-workers", "2"], env=self.env
        )
        self._await_first_page()

    def _await_first_page(self) -> None:
        """Before its supervisor watches over it, nothing brings a killed database back."""
        patience = time.monotonic() + 120
        while time.monotonic() < patience and self.process.poll() is None:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/sign-in", timeout=10).close()
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError("the house does not serve")

    def _meet_a_buyer(self) -> tuple[str, dict]:
        """The token of a program that sends orders, and an order of somebody who gets a receipt by mail."""
        code = (
            "import django; django.setup(); import json, world; from orderway.kernel.running import run;"
            "from orderway.parties.commands import TakeOn; from orderway.people.commands import IssueToken;"
            "shop = world.known(); row = IssueToken('kill test', ['orders.place'], calls_a_minute=100000);"
            "token = run('people.issue_token', shop.manager, [row]).values['tokens'][0].get_secret_value();"
            "(id,) = run('parties.take_on', shop.manager, [TakeOn('Buyer', 'DE', email='buyer@customer.example')]).done;"
            "print(json.dumps([token, {'customer': id, 'lines': [{'item': shop.items['PAP-A4-80'], 'quantity': '1'}]}]))"
        )
        path = {**self.env, "PYTHONPATH": str(ROOT / "tests")}
        done = subprocess.run([sys.executable, "-c", code], env=path, check=True, capture_output=True, text=True)
        token, row = json.loads(done.stdout)
        return token, row

    def victims(self) -> list[psutil.Process]:
        """Every process of this installation but the supervisor: web, workers, database."""
        below = psutil.Process(self.process.pid).children(recursive=True)
        home = self.env["ORDERWAY_DATA"]
        servers = [
            p
            for p in psutil.process_iter(["name", "cmdline"])
            if p.info["name"] == "postgres" and any(home in part for part in p.info["cmdline"] or ())
        ]
        return [*below, *servers]

    def place(self, key: str, row: dict) -> bool:
        """Send one order; True when it was acknowledged."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/commands/orders.place",
            json.dumps({"rows": [row]}).encode(),
            {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}", "Idempotency-Key": key},
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - our own server
                return answer.status == 200
        except urllib.error.HTTPError as error:
            if error.code < 500:
                raise
            return False
        except OSError:
            return False

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.wait(30)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_two_hundred_orders_survive_every_kill():
    run_with_kills(orders=200, kills=30)


@pytest.mark.timeout(170)
def test_a_few_orders_survive_some_kills():
    run_with_kills(orders=15, kills=5)


def run_with_kills(orders: int, kills: int) -> None:
    box = Mailbox()
    smtp = Controller(box, hostname="127.0.0.1", port=free_port())
    smtp.start()
    home = Path(tempfile.mkdtemp(prefix="orderway-kill-", dir="/tmp"))
    home.chmod(0o755)
    house = Installation(home, smtp.port)
    try:
        acknowledged = _place_while_killing(house, orders, kills)
        _wait_until_quiet(house)
        _judge(house, acknowledged, box)
    finally:
        house.stop()
        smtp.stop()
        house.cluster.stop()
        subprocess.run(["rm", "-rf", str(home)], check=True)


def _place_while_killing(house: Installation, orders: int, kills: int) -> dict[str, str]:
    """Send all orders, each again and again until it is acknowledged; meanwhile the killer goes round."""
    seed = secrets.randbelow(10**6)
    print(f"seed {seed}")
    dice = random.Random(seed)
    acknowledged: dict[str, str] = {}
    todo = [f"order-{n}" for n in range(orders)]
    busy = threading.Lock()
    patience = time.monotonic() + 120 + orders

    def send() -> None:
        while time.monotonic() < patience:
            with busy:
                if not todo:
                    return
                key = todo.pop()
            while not house.place(key, {**house.row, "their_reference": key}):
                assert time.monotonic() < patience, "the house did not come back"
                time.sleep(0.2)
            acknowledged[key] = key

    senders = [threading.Thread(target=send) for _ in range(4)]
    for sender in senders:
        sender.start()
    for _ in range(kills):
        time.sleep(dice.uniform(0.2, 1.5))
        _kill_one(dice, house)
    for sender in senders:
        sender.join()
    return acknowledged


def _kill_one(dice: random.Random, house: Installation) -> None:
    """Kill one of the house's processes; one that ended by itself between the list and the signal leaves its place to another."""
    for victim in dice.sample(victims := house.victims(), len(victims)):
        with suppress(psutil.NoSuchProcess):
            victim.send_signal(signal.SIGKILL)
            return


def _connect(house: Installation) -> psycopg.Connection:
    return psycopg.connect(house.cluster.ensure(), autocommit=True)


def _wait_until_quiet(house: Installation) -> None:
    open_rows = None
    for _ in range(600):
        with suppress(psycopg.OperationalError):  # the last kill may have been the database's, which comes back
            open_rows = _open_rows(house)
            if not open_rows:
                return
        time.sleep(0.2)
    raise AssertionError(f"{open_rows} rows of work were never done")


def _open_rows(house: Installation) -> int:
    with _connect(house) as connection:
        (found,) = connection.execute(
            "select (select count(*) from pending) + (select count(*) from procrastinate_jobs where status in ('todo', 'doing'))"
        ).fetchone()
        return found


def _judge(house: Installation, acknowledged: dict[str, str], box: Mailbox) -> None:
    with _connect(house) as connection:
        placed = Counter(row[0] for row in connection.execute("select their_reference from sales_order"))
        troubles = connection.execute("select command, code, facts from desk_exception where state = 'open'").fetchall()
        receipts = Counter(
            row[0]
            for row in connection.execute(
                "select subject_id from message where direction = 'out' and subject_type = 'order'"
            )
        )
    assert placed == Counter(dict.fromkeys(acknowledged, 1)), "every acknowledged order is there, once"
    assert troubles == []
    assert set(receipts.values()) <= {1}, "one receipt an order"
    assert max(Counter(box.ids).values()) <= 2, "over the wire at most twice, under the same Message-ID"
    found = subprocess.run([*ORDERWAY, "check"], env=house.env, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout

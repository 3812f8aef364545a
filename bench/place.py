"""Place: one order of five lines through HTTP by 16 clients at once; token, key, prices, demand, event, map started, everything drained.

The map is one of the bench's own, on which a person checks the order: what a shipped map does next is other commands' work.
"""

import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from typing import Any

import psycopg

from .cost import RUNS, Figure, interleaved, measured
from .ground import LIMIT, OURS, ROOT, Ground, leave
from .life import OurLife, basket, known, settle

CLIENTS = 16
TARGET = 0.25
MAP = Path(__file__).parent / "maps" / "check_order.bpmn"


def publish_and_issue(url: str) -> tuple[str, int]:
    """Publish the map and issue a token for the person of the benches; returns the token and the person's id."""
    from orderway.kernel.access import system_actor
    from orderway.kernel.running import run
    from orderway.people.commands import IssueToken
    from orderway.workflow.commands.publish import PublishMap

    person = OurLife(url).actor.id
    published = run("workflow.publish", system_actor(1), [PublishMap(MAP.read_text())])
    assert published.ok, published.refused
    row = IssueToken("bench", ["orders.place"], person=person, calls_a_minute=100_000)
    (secret,) = run("people.issue_token", system_actor(1), [row]).values["tokens"]
    settle()
    return secret.get_secret_value(), person


class Served:
    """The web processes and the worker of reactions, as `orderway serve` starts them, on a port of their own."""

    def __init__(self, url: str, token: str) -> None:
        self.url, self.token = url, token
        self.port = _free_port()
        environment = {**os.environ, "DATABASE_URL": url}
        web = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port)]
        web += ["--workers", "2", "--blocking-threads", "4", "--no-ws", "--log-level", "warning"]
        commands = ([*web, "orderway.web.wsgi:application"], [sys.executable, "-m", "orderway.worker", "reactions"])
        self.processes = [subprocess.Popen(command, env=environment, cwd=ROOT) for command in commands]
        self.customers, self.items = known(url)
        self.watch = psycopg.connect(url, autocommit=True)

    @property
    def pids(self) -> list[int]:
        return [process.pid for process in self.processes]

    def stop(self) -> None:
        self.watch.close()
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait()

    def ready(self, count: int) -> None:
        """Wait until both web processes answer."""
        patience = time.monotonic() + 60
        while time.monotonic() < patience:
            with suppress(OSError):
                self.place(0, count)
                return
            time.sleep(0.2)
        raise TimeoutError("the web processes do not answer")

    def place(self, start: int, count: int) -> None:
        """`count` orders, placed by the clients in turns; returns when nothing is pending."""
        failed: list[BaseException] = []
        everybody = [threading.Thread(target=self._client, args=(start, count, n, failed)) for n in range(CLIENTS)]
        for client in everybody:
            client.start()
        for client in everybody:
            client.join()
        if failed:
            raise failed[0]
        while self.watch.execute("select 1 from pending limit 1").fetchone():
            time.sleep(0.02)

    def _client(self, start: int, count: int, which: int, failed: list[BaseException]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            for n in range(start + which, start + count, CLIENTS):
                self._post(connection, n)
        except (OSError, http.client.HTTPException, AssertionError) as error:
            failed.append(error)
        finally:
            connection.close()

    def _post(self, connection: http.client.HTTPConnection, n: int) -> None:
        customer, lines = basket(n, self.customers, self.items)
        wanted = [{"item": item, "quantity": str(quantity)} for item, quantity in lines]
        body = json.dumps({"rows": [{"customer": customer, "lines": wanted, "channel": "api"}]})
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Idempotency-Key": token_hex(16),
            "Content-Type": "application/json",
        }
        connection.request("POST", "/api/commands/orders.place", body, headers)
        answer = connection.getresponse()
        told = answer.read()
        assert answer.status == 200, told


class ByHand:
    """Clients that place orders with one prepared statement each, a process a client."""

    def __init__(self, url: str, person: int) -> None:
        command = [sys.executable, "-m", "bench.limit.client", url, str(person)]
        self.clients = [
            subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            for _ in range(CLIENTS)
        ]
        self.customers, self.items = known(url)

    @property
    def pids(self) -> list[int]:
        return [client.pid for client in self.clients]

    def tell(self, start: int, count: int) -> None:
        """Give the clients their orders; they are read before the time starts."""
        for which, client in enumerate(self.clients):
            baskets = [basket(n, self.customers, self.items) for n in range(start + which, start + count, CLIENTS)]
            plain = [[customer, [[item, str(q)] for item, q in lines]] for customer, lines in baskets]
            _write(client, json.dumps(plain))

    def place(self) -> None:
        for client in self.clients:
            _write(client, "go")
        for client in self.clients:
            _read(client)

    def stop(self) -> None:
        for client in self.clients:
            client.communicate()


def _write(client: "subprocess.Popen[str]", text: str) -> None:
    assert client.stdin
    client.stdin.write(text + "\n")
    client.stdin.flush()
    if text != "go":
        _read(client)


def _read(client: "subprocess.Popen[str]") -> None:
    assert client.stdout
    assert client.stdout.readline().strip() == "done"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def both(ground: Ground, warm: int) -> Iterator[tuple[Served, ByHand]]:
    """Both sides at work; the processes end with the block."""
    prepared: list[Any] = []
    ground.fresh(lambda: prepared.append(publish_and_issue(ground.named(OURS))))
    leave()
    token, person = prepared[0]
    served, by_hand = Served(ground.named(OURS), token), ByHand(ground.named(LIMIT), person)
    try:
        served.ready(warm)
        by_hand.tell(0, warm)
        by_hand.place()
        yield served, by_hand
    finally:
        served.stop()
        by_hand.stop()


def bench(ground: Ground, count: int = 400, runs: int = RUNS, warm: int = 8 * CLIENTS) -> list[Figure]:
    """`count` orders a run on each side, in processor milliseconds an order."""
    with both(ground, warm) as (served, by_hand):
        ground.mark()

        def cost(place: Callable[[], None], pids: list[int]) -> float:
            ground.tidy()
            return measured(place, *pids, ground.postmaster) / count * 1_000

        def ours() -> float:
            return cost(lambda: served.place(0, count), served.pids)

        def limit() -> float:
            by_hand.tell(0, count)
            return cost(by_hand.place, by_hand.pids)

        costs = interleaved(ours, limit, runs, warm=False)
        ground.same_rows()
    return [Figure("place", *costs, TARGET, count * runs)]

"""Peers: the same life in other order systems and in bare SQL on a schema of its own, one order at a time on the same server.

Their scripts are looked for in the folder ORDERWAY_PEERS, else in `shared/peers` beside the project. Each peer gets a virtual
environment under var/peers, made once; what took long to set up is kept there as a dump.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from urllib.parse import parse_qs, urlsplit

import psycopg
from psycopg import sql

from .cost import Figure, measured
from .ground import ROOT, Ground
from .life import Lives, in_waves

HOME = ROOT / "var" / "peers"
DRIVER = "psycopg[binary]==3.3.9"
TRYTON = "proteus==8.2.0 trytond_sale==8.2.0 trytond_stock==8.2.1 trytond_account_invoice==8.2.0"
TRYTON += " trytond_account_invoice_stock==8.2.0 trytond_stock_supply==8.2.0 trytond_sale_shipment_cost==8.2.0"


@dataclass(frozen=True, slots=True)
class Peer:
    """A peer: its script, what pip installs for it, and how many times our processor time it must need at least. `orders` are
    lived in a run; `keeps` its database, set up once."""

    name: str
    script: str
    packages: tuple[str, ...]
    target: float
    orders: int
    keeps: bool = False
    more: tuple[str, ...] = ()


PEERS = (
    Peer("django-oscar", "oscar_life.py", ("django-oscar==4.2.1", DRIVER), 5.0, 20),
    Peer("trytond", "tryton_life.py", ("trytond[PostgreSQL]==8.2.1", *TRYTON.split()), 60.0, 2, keeps=True),
    Peer("bare SQL", "limit_life.py", (DRIVER,), 0.0, 100, more=("--clients", "")),
)


def scripts() -> Path | None:
    """The folder of the peers' scripts; None when it is not here."""
    named = os.environ.get("ORDERWAY_PEERS")
    folder = Path(named) if named else ROOT.parent / "shared" / "peers"
    return folder if (folder / PEERS[0].script).exists() else None


def python(peer: Peer) -> Path:
    """The Python of a peer's own environment, which is made the first time."""
    home = HOME / peer.name.replace(" ", "-")
    stamp, wanted = home / "made", "\n".join(peer.packages)
    program = home / "bin" / "python"
    if not stamp.exists() or stamp.read_text() != wanted:
        print(f"installing {peer.name} into {home.relative_to(ROOT)}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", "--without-pip", str(home)], check=True)
        install = [sys.executable, "-m", "pip", "--python", str(program), "-q", "--no-input", "install", *peer.packages]
        subprocess.run([*install, "--disable-pip-version-check"], check=True)
        stamp.write_text(wanted)
    return program


class Living:
    """A peer's process, ready to live."""

    def __init__(self, peer: Peer, ground: Ground, folder: Path) -> None:
        self.peer = peer
        parts = urlsplit(ground.url)
        asked = parse_qs(parts.query)
        database = f"bench_peer_{os.getpid()}_{PEERS.index(peer)}"
        # the peers name a host by the address only, and ours is a socket
        self.environment = {**os.environ, "PGHOST": asked["host"][0], "PGPORT": asked.get("port", ["5432"])[0]}
        self.dsn = f"{parts.scheme}://{parts.netloc}/{database}"
        self.url = ground.named(database)
        kept = HOME / f"{peer.name}.dump"
        restored = peer.keeps and kept.exists()
        if restored:
            self._restore(ground, database, kept)
        self.process = self._start(folder, set_up=not restored)
        self.version = self._wait("ready").removeprefix("ready ")
        if peer.keeps and not restored:
            self._postgres("pg_dump", "--format=custom", "--no-owner", f"--file={kept}", self.url)

    def _start(self, folder: Path, set_up: bool) -> "subprocess.Popen[str]":
        command = [str(python(self.peer)), "-W", "ignore", str(ROOT / "bench" / "peer"), str(folder / self.peer.script)]
        command += ["--dsn", self.dsn, *self.peer.more, *(["--setup"] if set_up else [])]
        return subprocess.Popen(
            command, env=self.environment, cwd=HOME, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def _restore(self, ground: Ground, database: str, kept: Path) -> None:
        with psycopg.connect(ground.named("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(database)))
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(database)))
        self._postgres("pg_restore", "--no-owner", f"--dbname={self.url}", str(kept))

    def _postgres(self, program: str, *arguments: str) -> None:
        from orderway.postgres import programs_of

        subprocess.run([str(programs_of(None) / program), *arguments], check=True)

    def _wait(self, word: str) -> str:
        assert self.process.stdout
        for line in self.process.stdout:
            if line.startswith(word):
                return line.strip()
        raise RuntimeError(f"{self.peer.name} ended: {self.process.wait()}")

    def live(self, count: int) -> None:
        """`count` orders from placing to payment, one after the other."""
        assert self.process.stdin
        self.process.stdin.write(f"{count}\n")
        self.process.stdin.flush()
        self._wait("done")

    def stop(self) -> None:
        self.process.communicate()


@contextmanager
def living(ground: Ground, folder: Path, peers: Sequence[Peer]) -> Iterator[list[Living]]:
    """The peers at work; their processes end with the block."""
    HOME.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        found = []
        for peer in peers:
            found.append(Living(peer, ground, folder))
            stack.callback(found[-1].stop)
        yield found


def bench(ground: Ground, runs: int = 3, wave: int = 20, waves: int = 5, names: Sequence[str] = ()) -> list[Figure]:
    """Processor milliseconds an order, ours (`ours`) and the peer's (`limit`), one at a time and in turns."""
    folder = scripts()
    if folder is None:
        print(
            "The scripts of the peers are not here (ORDERWAY_PEERS names their folder): nothing is compared.",
            file=sys.stderr,
        )
        return []
    ground.fresh()
    lives = Lives(ground)
    try:
        with living(ground, folder, [peer for peer in PEERS if not names or peer.name in names]) as peers:
            costs: dict[str, list[float]] = {
                name: [] for name in ("ours", "by hand", *(one.peer.name for one in peers))
            }
            for _ in range(runs + 1):
                ground.tidy()
                costs["ours"].append(_ours(ground, lives.ours.live, wave, waves))
                costs["by hand"].append(_ours(ground, lives.by_hand, wave, waves))
                for one in peers:
                    seconds = measured(partial(one.live, one.peer.orders), one.process.pid, ground.postmaster)
                    costs[one.peer.name].append(seconds / one.peer.orders * 1_000)
    finally:
        lives.close()
    cost = {name: median(found[1:]) for name, found in costs.items()}  # the first run is not counted
    figures = [
        Figure(
            f"life against {one.peer.name}", cost["ours"], cost[one.peer.name], one.peer.target, one.peer.orders * runs
        )
        for one in peers
    ]
    if "bare SQL" in cost:  # beside our own limit, so that a slow limit flatters nobody
        figures.append(
            Figure("life limit against bare SQL", cost["by hand"], cost["bare SQL"], 0.0, wave * waves * runs)
        )
    return figures


def _ours(ground: Ground, live: Callable[[int, int, int], None], wave: int, waves: int) -> float:
    """Our side, or our limit: as many orders as the worker finds at once take each step before everything reacts."""
    work = partial(in_waves, live, wave * waves, 1, wave)
    return measured(work, os.getpid(), ground.postmaster) / (wave * waves) * 1_000

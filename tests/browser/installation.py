"""A whole installation for the browser: `orderway serve` with web, workers and jobs on a fresh copy of the lived-in shop."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import psycopg
from databases import fresh_database

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
PATIENCE = 120.0  # seconds until the first page is served, and until the worker rests


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class House:
    """The installation: its address, and its database for what only the database can tell."""

    def __init__(self) -> None:
        self.name = f"browser_{os.getpid()}"
        self.home = Path(tempfile.mkdtemp(prefix="orderway-browser-"))
        self.database = fresh_database(self.name)
        paths = [ROOT / "tests" / part for part in ("browser", "scenarios", "production", "decisions", "")]
        self.env = {
            **os.environ,
            "DATABASE_URL": self.database,
            "ORDERWAY_DATA": str(self.home),
            "ORDERWAY_BLOBS": str(self.home / "blobs"),
            "PYTHONPATH": os.pathsep.join(map(str, paths)),
        }
        self.run("lived_in.py")
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = (self.home / "serve.log").open("w")
        serve = [sys.executable, "-m", "orderway.cli", "serve", "--port", str(self.port), "--web-workers", "1"]
        self.process = subprocess.Popen(serve, env=self.env, stdout=self.log, stderr=self.log)
        self._await_first_page()

    def run(self, program: str) -> None:
        """Run a program of this folder in the installation, for what has happened before a story begins."""
        subprocess.run([sys.executable, ROOT / "tests" / "browser" / program], env=self.env, check=True)

    def call(self, *words: str) -> str:
        """What `orderway` says to these words; it must succeed."""
        done = subprocess.run(
            [sys.executable, "-m", "orderway.cli", *words], env=self.env, check=False, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def _await_first_page(self) -> None:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self.process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}/sign-in", timeout=5):  # noqa: S310 - our own server
                    return
            except urllib.error.HTTPError:
                break
            except OSError:
                time.sleep(0.1)
        raise AssertionError(f"the house does not serve: {(self.home / 'serve.log').read_text()[-2000:]}")

    def value(self, statement: str) -> object:
        """One value from the database."""
        with psycopg.connect(self.database, autocommit=True) as connection:
            row = connection.execute(statement).fetchone()
            return row[0] if row else None

    def state(self) -> str:
        """What is open in it, what its jobs came to, and the end of its log."""
        told = {
            "pending": "select json_agg(p) from (select * from pending limit 20) p",
            "jobs": "select json_agg(j) from (select task_name, status, attempts, scheduled_at, count(*)"
            " from procrastinate_jobs group by 1, 2, 3, 4 order by 2 limit 40) j",
            "statements": "select json_agg(a) from (select state, wait_event, now() - query_start as since, left(query, 200)"
            " as query from pg_stat_activity where datname = current_database() and state <> 'idle' and pid <> pg_backend_pid()) a",
            "messages": "select json_agg(m) from (select * from intake order by id desc limit 5) m",
        }
        lines = [f"{name}: {self.value(statement)}" for name, statement in told.items()]
        return "\n".join([*lines, (self.home / "serve.log").read_text()[-4000:]])

    def settle(self) -> None:
        """Wait until reactions, maps and jobs have nothing left to do."""
        open_work = """select (select count(*) from pending)
            + (select count(*) from procrastinate_jobs where status in ('todo', 'doing'))
            + (select count(*) from process_instance i where i.state = 'running' and (
                exists (select from token k where k.instance_id = i.id and k.state = 'ready')
                or exists (select from arrival a
                    where a.subject_type = i.subject_type and a.subject_id = i.subject_id and a.state = 'new')))"""
        end = time.monotonic() + PATIENCE
        while self.value(open_work):
            assert time.monotonic() < end, "the worker does not come to rest"
            time.sleep(0.1)

    def stop(self) -> None:
        """As Ctrl-C does it; then its database and files go."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(30)
        self.log.close()
        head, _, query = self.database.partition("?")
        with psycopg.connect(f"{head.rsplit('/', 1)[0]}/postgres?{query}", autocommit=True) as connection:
            connection.execute(f'drop database if exists "{self.name}" with (force)')
        shutil.rmtree(self.home)

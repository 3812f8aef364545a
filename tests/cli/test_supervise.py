"""`orderway serve` keeps its processes alive and leaves none behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src"
PYTHONPATH = os.pathsep.join([str(SOURCE), *filter(None, [os.environ.get("PYTHONPATH")])])
SUPERVISE = """
import sys
from django.conf import settings
settings.configure(USE_I18N=False)
from orderway.cli.supervise import supervise
sys.exit(supervise({name: ["/bin/sh", "-c", script] for name, script in zip(sys.argv[1::2], sys.argv[2::2])}))
"""
WEB = 'echo $$ >> "$PLACE/web"; sleep 300 & echo $! >> "$PLACE/listener"; wait'  # a main process with one of its own
STUBBORN = 'trap "" TERM; echo $$ > "$PLACE/stubborn"; while :; do sleep 300; done'

Started = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Started]:
    running: list[subprocess.Popen[str]] = []

    def start(**scripts: str) -> "subprocess.Popen[str]":
        words = [word for pair in scripts.items() for word in pair]
        environment = {**os.environ, "PYTHONPATH": PYTHONPATH, "PLACE": str(tmp_path)}
        command = [sys.executable, "-c", SUPERVISE, *words]
        running.append(subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment))
        return running[-1]

    yield start
    for process in running:
        process.kill()
        process.wait()
        if process.stderr:
            process.stderr.close()
    for left in [int(line) for written in tmp_path.iterdir() for line in written.read_text().split()]:
        if alive(left):
            os.kill(left, signal.SIGKILL)


def pids(place: Path, name: str, count: int = 1) -> list[int]:
    """The process ids written so far by a script, once there are `count` of them."""
    for _ in range(300):
        found = [int(line) for line in (place / name).read_text().split()] if (place / name).exists() else []
        if len(found) >= count:
            return found
        time.sleep(0.02)
    raise AssertionError(f"{name} was not started {count} times within six seconds")


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes() != b""  # empty: a zombie
    except (FileNotFoundError, ProcessLookupError):
        return False


def gone(*processes: int) -> bool:
    for _ in range(100):
        if not any(alive(pid) for pid in processes):
            return True
        time.sleep(0.02)
    return False


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_stopping_takes_everything_along_and_names_it(serve: Started, tmp_path: Path, sign: int) -> None:
    supervisor = serve(web=WEB, worker='echo $$ >> "$PLACE/worker"; exec sleep 300')
    started = pids(tmp_path, "web") + pids(tmp_path, "listener") + pids(tmp_path, "worker")
    supervisor.send_signal(sign)
    said = supervisor.communicate(timeout=5)[1]
    assert supervisor.returncode == 0
    assert gone(*started)
    assert sorted(said.splitlines()) == ["web ended by SIGTERM", "worker ended by SIGTERM"]


def test_what_was_killed_is_started_again_without_its_leftovers(serve: Started, tmp_path: Path) -> None:
    supervisor = serve(web=WEB, worker='echo $$ >> "$PLACE/worker"; exec sleep 300')
    first, listener, worker = (pids(tmp_path, name)[0] for name in ("web", "listener", "worker"))
    os.kill(first, signal.SIGKILL)
    assert gone(listener), "it would still hold the port"
    second = pids(tmp_path, "web", 2)[1]
    assert alive(second)
    assert alive(worker)
    supervisor.terminate()
    assert "web ended by SIGKILL; starting again in 0.5 s" in supervisor.communicate(timeout=5)[1]


def test_what_ends_again_and_again_is_started_ever_more_rarely(serve: Started, tmp_path: Path) -> None:
    supervisor = serve(web='echo $$ >> "$PLACE/web"; exit 3')
    pids(tmp_path, "web", 3)
    supervisor.terminate()
    said = supervisor.communicate(timeout=5)[1].splitlines()
    assert said[:2] == [f"web ended with exit code 3; starting again in {pause} s" for pause in ("0.5", "1")]


def test_a_second_ctrl_c_kills_what_does_not_stop(serve: Started, tmp_path: Path) -> None:
    supervisor = serve(stubborn=STUBBORN)
    (pid,) = pids(tmp_path, "stubborn")
    supervisor.send_signal(signal.SIGINT)
    time.sleep(0.4)
    assert supervisor.poll() is None
    supervisor.send_signal(signal.SIGINT)
    assert "stubborn did not stop and was killed" in supervisor.communicate(timeout=5)[1]
    assert supervisor.returncode == 1
    assert gone(pid)


def test_a_killed_supervisor_leaves_nobody_behind(serve: Started, tmp_path: Path) -> None:
    supervisor = serve(worker='echo $$ >> "$PLACE/worker"; exec sleep 300')
    (worker,) = pids(tmp_path, "worker")
    supervisor.kill()
    assert gone(worker)

"""Keep the processes of one machine running: start them, start again what died, stop all of them together."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import FrameType

from django.utils.translation import gettext as _

LOOK_EVERY = 0.1  # seconds
FIRST_PAUSE = 0.5  # seconds before a child that died is started again; doubled each time
LONGEST_PAUSE = 30.0
STEADY_AFTER = 30.0  # a child that ran this long begins again with the first pause
PATIENCE = 15.0  # seconds a child has to stop by itself
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PR_SET_PDEATHSIG = 1  # linux/prctl.h


@dataclass(slots=True)
class Child:
    """One command and the process that runs it now, if any (the only mutable state of a supervisor)."""

    name: str
    command: Sequence[str]
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    pause: float = FIRST_PAUSE
    again_at: float = 0.0


def supervise(commands: Mapping[str, Sequence[str]], say: Callable[[str], object] | None = None) -> int:
    """Run the named commands until SIGINT, SIGTERM or SIGHUP; return 0 if all stopped by themselves, else 1.

    Each gets a process group of its own, so that Ctrl-C reaches this process only and stopping one takes its own
    children along. A child that ends is reported through `say` (default: standard error) and started again, after a
    pause that doubles from half a second to half a minute. A second signal while stopping kills at once. Must be called
    from the main thread.
    """
    tell = say or (lambda line: print(line, file=sys.stderr, flush=True))
    asked: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        asked.append(number)

    before = {number: signal.signal(number, note) for number in STOP_SIGNALS}
    children = [Child(name, command) for name, command in commands.items()]
    try:
        while not asked:
            for child in children:
                _look(child, tell)
            time.sleep(LOOK_EVERY)
        return _stop(children, asked, tell)
    finally:
        for child in children:
            _signal_group(child, signal.SIGKILL)
        for number, action in before.items():
            signal.signal(number, action)


def _look(child: Child, tell: Callable[[str], object]) -> None:
    now = time.monotonic()
    if child.process is not None and child.process.poll() is not None:
        _signal_group(child, signal.SIGKILL)  # its own children may still hold the port
        if now - child.started > STEADY_AFTER:
            child.pause = FIRST_PAUSE
        tell(_("%(what)s; starting again in %(pause)g s") % {"what": _ending(child), "pause": child.pause})
        child.again_at, child.process = now + child.pause, None
        child.pause = min(child.pause * 2, LONGEST_PAUSE)
    if child.process is None and now >= child.again_at:
        _spawn(child, tell)


def _spawn(child: Child, tell: Callable[[str], object]) -> None:
    child.started = time.monotonic()
    parent = os.getpid()
    try:
        child.process = subprocess.Popen(
            child.command,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=lambda: die_with(parent),  # noqa: PLW1509 - safe here: a supervisor has one thread
        )
    except OSError as problem:
        child.again_at = child.started + child.pause
        child.pause = min(child.pause * 2, LONGEST_PAUSE)
        tell(_("%(name)s cannot be started: %(reason)s") % {"name": child.name, "reason": problem.strerror})


def die_with(parent: int) -> None:
    """Ask the kernel to end this process when its parent (by id) is killed, where it can (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGTERM)


def _stop(children: Sequence[Child], asked: Sequence[int], tell: Callable[[str], object]) -> int:
    alive = [child for child in children if child.process is not None and child.process.poll() is None]
    for child in alive:
        _signal_group(child, signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE
    while alive and time.monotonic() < deadline and len(asked) < 2:
        time.sleep(LOOK_EVERY)
        for child in [child for child in alive if child.process and child.process.poll() is not None]:
            tell(_ending(child))
            alive.remove(child)
    for child in alive:
        _signal_group(child, signal.SIGKILL)
        if child.process is not None:
            child.process.wait()
        tell(_("%(name)s did not stop and was killed") % {"name": child.name})
    return 1 if alive else 0


def _signal_group(child: Child, number: int) -> None:
    if child.process is None:
        return
    try:
        os.killpg(child.process.pid, number)
    except ProcessLookupError:
        return  # the whole group has ended


def _ending(child: Child) -> str:
    code = child.process.returncode if child.process else 0
    if code < 0:
        values = {"name": child.name, "signal": signal.Signals(-code).name}
        return _("%(name)s ended by %(signal)s") % values
    return _("%(name)s ended with exit code %(code)d") % {"name": child.name, "code": code}

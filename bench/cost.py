"""What work costs: the processor time of processes, medians of interleaved runs, and the figures that come of them."""

import gc
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

import psutil  # type: ignore[import-untyped]

RUNS = 5


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: processor milliseconds for each of `n` on our side and at the limit; met when `ratio` >= `target`.

    The ratio is limit / ours, so that higher is better.
    """

    bench: str
    ours: float
    limit: float
    target: float
    n: int

    @property
    def ratio(self) -> float:
        return self.limit / self.ours

    @property
    def met(self) -> bool:
        return self.ratio >= self.target

    def as_json(self) -> dict[str, str | float]:
        told = {**asdict(self), "ratio": self.ratio}
        return {name: round(value, 4) if isinstance(value, float) else value for name, value in told.items()}


def spent(*roots: int) -> float:
    """Processor seconds that these processes and all below them have used, those that have ended included."""
    processes = [psutil.Process(root) for root in roots]
    return sum(_spent_by(one) for root in processes for one in (root, *root.children(recursive=True)))


def _spent_by(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
        ended = times.children_user + times.children_system
        if process.num_threads() == 1:  # Linux counts a thread to the nanosecond, a process to a hundredth of a second
            exact = Path(f"/proc/{process.pid}/schedstat").read_text().split()[0]
            return float(ended + int(exact) / 1e9)
    except psutil.NoSuchProcess:
        return 0.0  # its parent has it among those that have ended
    except OSError:
        pass
    return float(ended + times.user + times.system)


def _spent_here() -> float:
    times = os.times()
    return time.process_time() + times.children_user + times.children_system


def measured(work: Callable[[], object], *roots: int) -> float:
    """The processor seconds of `work` over the processes `roots` and all below them; this one and its own among them on request.

    Looking at the others costs some milliseconds here, which are kept out of the sum.
    """
    others = [root for root in roots if root != os.getpid()]
    gc.collect()
    before = spent(*others)
    here = _spent_here()
    work()
    here = _spent_here() - here
    return spent(*others) - before + (here if len(others) < len(roots) else 0.0)


def interleaved(
    ours: Callable[[], float], limit: Callable[[], float], runs: int = RUNS, warm: bool = True
) -> tuple[float, float]:
    """The medians of `runs` costs of each side, taken in turns; what comes first changes from run to run."""
    if warm:
        ours(), limit()
    costs: tuple[list[float], list[float]] = ([], [])
    sides: Sequence[tuple[int, Callable[[], float]]] = [(0, ours), (1, limit)]
    for run in range(runs):
        for side, cost in sides if run % 2 == 0 else reversed(sides):
            costs[side].append(cost())
    return median(costs[0]), median(costs[1])

"""Run benches by name, all on one server, and tell their figures."""

import json
import platform
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

from .cost import Figure
from .driving import CannotDrive
from .ground import Ground, ground

NAMES = ("place", "capture", "life", "workflow", "papers", "rules", "growth")


def benches(maps: Sequence[Path], with_peers: bool) -> dict[str, Callable[[Ground], Iterable[Figure]]]:
    """Every bench by name, in the order they run; imported when Django has started."""
    from . import capture, growth, life, papers, peers, place, rules, workflow

    def lives(ground: Ground) -> list[Figure]:
        return life.bench(ground) + (peers.bench(ground) if with_peers else [])

    return {
        "place": place.bench,
        "capture": capture.bench,
        "life": lives,
        "workflow": partial(workflow.bench, files=maps),
        "papers": papers.bench,
        "rules": rules.bench,
        "growth": growth.bench,
    }


def run(names: Sequence[str], as_json: bool, maps: Sequence[Path] = (), with_peers: bool = False) -> None:
    """Print a line a figure as each bench ends: JSON, or a table for people.

    `maps` are the BPMN files of the workflow bench (none: some that ship); `with_peers` lets other systems live in the life bench.
    """
    if not as_json:
        print(
            f"Python {platform.python_version()}, {platform.system()}; processor milliseconds each; higher ratios are better"
        )
        print(f"{'bench':44} {'ours':>9} {'limit':>9} {'ratio':>7} {'target':>7} {'n':>7}")
    left: list[str] = []
    with ground() as place:
        known = benches(maps, with_peers)
        for name in names or NAMES:
            start = time.monotonic()
            try:
                for figure in known[name](place):
                    print(json.dumps(figure.as_json()) if as_json else _row(figure), flush=True)
            except CannotDrive as why:
                left.append(f"{name}: not measured: {why}")
            print(f"{name} took {time.monotonic() - start:.0f} s", file=sys.stderr)
    if left:
        raise SystemExit("\n".join(left))


def _row(figure: Figure) -> str:
    verdict = "" if figure.met else "  missed"
    return f"{figure.bench:44} {figure.ours:9.3f} {figure.limit:9.3f} {figure.ratio:7.3f} {figure.target:7.3f} {figure.n:7}{verdict}"

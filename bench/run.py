"""Run benches by name, all on one server, and tell their figures."""

import json
import platform
import sys
import time
from collections.abc import Callable, Sequence

from .cost import Figure
from .ground import Ground, ground

NAMES = ("place", "capture", "life", "workflow", "papers", "rules", "growth")


def benches() -> dict[str, Callable[[Ground], list[Figure]]]:
    """Every bench by name, in the order they run; imported when Django has started."""
    from . import capture, growth, life, papers, place, rules, workflow

    return {
        "place": place.bench,
        "capture": capture.bench,
        "life": life.bench,
        "workflow": workflow.bench,
        "papers": papers.bench,
        "rules": rules.bench,
        "growth": growth.bench,
    }


def run(names: Sequence[str], as_json: bool) -> None:
    """Print a line a figure as each bench ends: JSON, or a table for people."""
    if not as_json:
        print(
            f"Python {platform.python_version()}, {platform.system()}; processor milliseconds each; higher ratios are better"
        )
        print(f"{'bench':34} {'ours':>9} {'limit':>9} {'ratio':>7} {'target':>7} {'n':>7}")
    with ground() as place:
        known = benches()
        for name in names or NAMES:
            start = time.monotonic()
            for figure in known[name](place):
                print(json.dumps(figure.as_json()) if as_json else _row(figure), flush=True)
            print(f"{name} took {time.monotonic() - start:.0f} s", file=sys.stderr)


def _row(figure: Figure) -> str:
    verdict = "" if figure.met else "  missed"
    return f"{figure.bench:34} {figure.ours:9.3f} {figure.limit:9.3f} {figure.ratio:7.3f} {figure.target:7.3f} {figure.n:7}{verdict}"

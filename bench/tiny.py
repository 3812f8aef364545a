"""Every bench at a tiny size, on a server that is there: it says whether they still run, and nothing about speed."""

import json
import sys
from pathlib import Path
from random import Random

from .ground import LIMIT, borrowed, check

MAPS = [Path(__file__).parent / "maps" / f"{name}.bpmn" for name in ("many_kinds", "other_eyes")]
COMMANDS = ("orders.place", "orders.confirm", "stock.move")

if __name__ == "__main__":
    with borrowed(sys.argv[1]) as ground:
        from . import capture, growth, life, papers, place, rules, workflow

        figures = life.bench(ground, one=4, many=8, runs=1)
        check(ground.named(LIMIT))
        figures += place.bench(ground, count=16, runs=1, warm=16)
        figures += capture.bench(ground, count=30, runs=1)
        figures += workflow.bench(ground, count=3, runs=1, chance=Random(1))
        figures += workflow.bench(ground, MAPS, count=3, runs=1)
        figures += papers.bench(ground, count=2, runs=1)
        figures += rules.bench(ground, count=400, runs=1)
        figures += growth.bench(ground, few=2, many=4, runs=1, only=COMMANDS)
        for figure in figures:
            print(json.dumps(figure.as_json()))

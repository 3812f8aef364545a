"""Growth: what a row costs in a set of 1,000 against a set of 100, for every command; its statements are as many for both.

The rows come from the growth cases of the tests, so that a command without one fails there.
"""

import os
import sys
from collections.abc import Sequence
from statistics import median
from typing import Any

from .cost import Figure, measured
from .ground import OURS, ROOT, Ground

FEW, MANY = 100, 1_000
TARGET = 1 / 1.5


def bench(ground: Ground, few: int = FEW, many: int = MANY, runs: int = 3, only: Sequence[str] = ()) -> list[Figure]:
    """Processor milliseconds a row: `limit` in a set of `few`, `ours` in a set of `many`, in turns. Everything is rolled back."""
    # the folders that pyproject.toml names for the tests
    sys.path[:0] = [str(ROOT / "tests" / name) for name in ("", "house", "scenarios", "production", "decisions")]
    import growth  # type: ignore[import-not-found]
    import world  # type: ignore[import-not-found]

    ground.fresh()
    shop = world.known()
    figures = []
    for name in sorted(only or growth.CASES):
        cost(ground, shop, name, few)  # the first one compiles and prepares
        turns = [(cost(ground, shop, name, few), cost(ground, shop, name, many)) for _ in range(runs)]
        costs = dict(zip((few, many), zip(*turns, strict=True), strict=True))
        assert len({statements for found in costs.values() for _, statements in found}) == 1, (name, costs)
        row = {size: median(seconds for seconds, _ in found) / size * 1_000 for size, found in costs.items()}
        figures.append(Figure(f"growth {name}", row[many], row[few], TARGET, many))
    return figures


def cost(ground: Ground, shop: Any, name: str, size: int) -> tuple[float, int]:
    """Processor seconds and statements of one command for `size` rows."""
    import growth
    from django.db import connection, transaction

    from orderway.kernel.access import system_actor
    from orderway.kernel.running import run

    assert OURS in str(connection.settings_dict["NAME"])
    seen: list[str] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        seen.append(sql)
        return execute(sql, params, many, context)

    with transaction.atomic():
        rows = growth.CASES[name](shop, size)
        outcomes: list[Any] = []
        with connection.execute_wrapper(watch):
            seconds = measured(
                lambda: outcomes.append(run(name, system_actor(shop.company), rows, partial=True)),
                os.getpid(),
                ground.postmaster,
            )
        assert not outcomes[0].refused, outcomes[0].refused[:3]
        transaction.set_rollback(True)
    return seconds, sum("SAVEPOINT" not in text for text in seen)

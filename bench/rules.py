"""Rules: a decision table of 20 rows, hits spread over the rows, the fired rule returned; compiled, and in SQL.

There is nothing to measure against in the same run, so the limits are fixed: 300,000 decisions a processor second compiled and
1,000,000 in SQL. Both sides see the same orders and must fire the same rules.
"""

import os
import random
from decimal import Decimal as D
from functools import partial
from statistics import median
from typing import Any

from .cost import RUNS, Figure, measured
from .ground import OURS, Ground

COMPILED, IN_SQL = 300_000, 1_000_000
SPACE = "https://www.omg.org/spec/DMN/20230324/MODEL/"
COUNTRIES = ('"DE"', '"FR"', '"AT", "CH"', 'not("DE", "FR", "AT", "CH")')
STEPS = ("[0..99.99]", "[100..499.99]", "[500..1999.95]", "[2000..9999.90]", "> 9999.90")
TYPES = {"country": "string", "net": "number", "lines": "number"}


def table() -> str:
    """The file: a discount and who approves it, by country, net total and number of lines."""
    rules = "".join(
        f'<rule id="r{place}_{step}"><inputEntry><text><![CDATA[{country}]]></text></inputEntry><inputEntry><text><![CDATA['
        f"{net}]]></text></inputEntry><inputEntry><text>-</text></inputEntry><outputEntry><text>{step}.25</text></outputEntry>"
        f'<outputEntry><text>"level {place}"</text></outputEntry></rule>'
        for place, country in enumerate(COUNTRIES)
        for step, net in enumerate(STEPS)
    )
    inputs = "".join(
        f'<input><inputExpression typeRef="{kind}"><text>{name}</text></inputExpression></input>'
        for name, kind in TYPES.items()
    )
    outputs = '<output name="percent" typeRef="number"/><output name="level" typeRef="string"/>'
    return (
        f'<definitions xmlns="{SPACE}" namespace="urn:bench" name="bench"><decision id="discount" name="Discount">'
        f'<decisionTable hitPolicy="UNIQUE">{inputs}{outputs}{rules}</decisionTable></decision></definitions>'
    )


def orders(count: int) -> list[dict[str, Any]]:
    """Facts of orders, the same in every run; each of the 20 rules fires for about as many."""
    chance = random.Random(7)
    return [
        {
            "country": chance.choice(["DE", "FR", "AT", "CH", "US", "IT"]),
            "net": D(chance.choice([50, 300, 1_000, 5_000, 20_000])) + D(chance.randint(0, 99)) / 100,
            "lines": D(chance.randint(1, 9)),
        }
        for _ in range(count)
    ]


def bench(ground: Ground, count: int = 200_000, runs: int = RUNS) -> list[Figure]:
    """Processor milliseconds for 1,000 decisions, the medians of `runs`; facts come as the database gives them."""
    from orderway.decisions.published import compile_table
    from orderway.dmn.sql import table_sql

    compiled = compile_table(table(), TYPES)  # type: ignore[arg-type]
    decider = compiled.decider
    assert decider is not None
    assert decider.logic is not None
    facts = orders(count)
    fired = [decider.decide(one).rules[0] for one in facts]
    assert len(set(fired)) == len(COUNTRIES) * len(STEPS)

    def decide() -> None:
        for one in facts:
            decider.decide(one)

    form = table_sql(decider.logic, TYPES, {name: f"o.{name}" for name in TYPES})  # type: ignore[arg-type]
    ask = f"select sum(d.rule) from (select {form.rule} as rule from bench_order o offset 0) as d"
    with _filled(ground, facts) as connection:
        assert [
            row[0] for row in connection.execute(f"select {form.rule} from bench_order o order by id", form.parameters)
        ] == fired
        in_sql = partial(connection.execute, ask, form.parameters)
        costs = [(measured(decide, os.getpid()), measured(in_sql, ground.postmaster)) for _ in range(runs)]
    ours, sql = (median(side) / count * 1e6 for side in zip(*costs, strict=True))
    return [
        Figure("rules 1,000 decisions compiled", ours, 1e6 / COMPILED, 1, count * runs),
        Figure("rules 1,000 decisions in SQL", sql, 1e6 / IN_SQL, 1, count * runs),
    ]


def _filled(ground: Ground, facts: list[dict[str, Any]]) -> Any:
    """A connection whose temporary table holds the orders; one processor does the work."""
    import psycopg

    connection = psycopg.connect(ground.named(OURS), autocommit=True)
    connection.execute("set max_parallel_workers_per_gather = 0")
    connection.execute("create temporary table bench_order (id bigint, country text, net numeric(14,2), lines numeric)")
    with connection.cursor() as cursor, cursor.copy("copy bench_order from stdin") as copy:
        for place, one in enumerate(facts):
            copy.write_row((place, one["country"], one["net"], one["lines"]))
    connection.execute("analyze bench_order")
    return connection

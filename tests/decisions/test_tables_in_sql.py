"""A table in SQL fires the rule that the compiled table fires, on the real database."""

from decimal import Decimal as D
from typing import Any

import pytest
from approval_tables import APPROVAL, table
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderway.decisions.published import compile_table
from orderway.dmn.sql import table_sql
from orderway.feel import FeelError
from orderway.kernel.sql import fetch

TYPES: Any = {"net": "number", "country": "string"}
COLUMNS = {"net": "o.net", "country": "o.country"}
NETS = st.sampled_from(["-", "< 100", ">= 100", "[100..200)", "(50..100]", "not([0..100])", "100, > 500", "!= 7", "7"])
COUNTRIES = st.sampled_from(["-", '"DE"', '"DE", "FR"', 'not("DE")', '>= "F"', '!= "AT"', '""'])
ORDERS = st.lists(
    st.tuples(st.none() | st.sampled_from([D(n) for n in ("-1", "7", "50", "99.99", "100.0", "200", "501")]),
              st.none() | st.sampled_from(["DE", "FR", "AT", "", "é"])),
    min_size=1, max_size=6,
)  # fmt: skip


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cells=st.lists(st.tuples(NETS, COUNTRIES), min_size=1, max_size=5), orders=ORDERS)
def test_sql_and_the_compiled_table_fire_the_same_rule(db: None, cells: Any, orders: Any) -> None:
    xml = table("t", [(net, country, f'"{n}"') for n, (net, country) in enumerate(cells)], policy="FIRST")
    decider = compile_table(xml, TYPES).decider
    assert decider is not None
    assert decider.logic is not None
    form = table_sql(decider.logic, TYPES, COLUMNS)
    found = fetch(
        f"select {form.rule} as rule from unnest(%(net)s::numeric[], %(country)s::text[]) with ordinality as o (net, country, n)"  # noqa: S608
        " order by n",
        {"net": [net for net, _ in orders], "country": [country for _, country in orders], **form.parameters},
    )
    for row, (net, country) in zip(found, orders, strict=True):
        decided = decider.decide({"net": net, "country": country})
        assert (row.rule,) == (decided.rules or (None,))
        assert row.rule is None or form.outputs[row.rule - 1] == (decided.result,)


def test_a_unique_table_is_decided_in_sql_only_when_no_two_rows_hit_together() -> None:
    def form(rows: Any) -> Any:
        logic = compile_table(table("t", rows), TYPES).decider.logic  # type: ignore[union-attr]
        return table_sql(logic, TYPES, COLUMNS)

    assert form(APPROVAL).outputs == [("nobody",), ("manager",), ("board",)]
    assert form([("< 100", '"DE"', "1"), ("< 200", '"FR"', "2"), ("-", 'not("DE", "FR")', "3")]).outputs[2] == (D(3),)
    with pytest.raises(FeelError, match="may hit together"):
        form([("<= 100", "-", "1"), (">= 100", "-", "2")])
    with pytest.raises(FeelError, match="is no constant"):
        form([("-", "-", "net / 2")])

"""Every list stands in each of its orders, and turned round."""

import sys
from dataclasses import MISSING, fields

import pytest

from orderway.kernel.paging import Page, _order
from orderway.kernel.registry import queries
from orderway.kernel.running import ask

REQUIRED = {
    "item": 1,
    "customer": 1,
    "id": 1,
    "reference": "order_priority",
    "table": "order_priority",
    "map": "trade_order",
}
LISTS = sorted(
    name
    for name, one in queries.items()
    if {"sort", "after", "size"} <= {field.name for field in fields(one.parameters)}
)


def sorts(module: str) -> set[str]:
    """The names that a module's lists may be sorted by."""
    known = vars(sys.modules[module])
    return {sort for name, value in known.items() if name.endswith("SORTS") for sort in value}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_turned_round_holds_the_same_rows_the_other_way(name, shop):
    query = queries[name]
    given = {f.name: REQUIRED[f.name] for f in fields(query.parameters) if f.default is MISSING}
    for sort in sorts(query.work.__module__) or {""}:
        there, back = (ask(name, shop.administrator, **given, sort=f"{turn}{sort}", size=200) for turn in ("", "-"))
        if isinstance(there, Page) and there.next is None:
            assert sorted(map(repr, there.rows)) == sorted(map(repr, back.rows)), sort


@pytest.mark.parametrize(
    ("sort", "turned"),
    [
        ("o.id desc", "o.id"),
        ("p.name, o.id", "p.name desc, o.id desc"),
        ("coalesce(o.promised_on, o.requested_on), o.id desc", "coalesce(o.promised_on, o.requested_on) desc, o.id"),
        ("greatest(a, least(b, c), d) desc, f(), id", "greatest(a, least(b, c), d), f() desc, id desc"),
    ],
)
def test_only_a_comma_between_two_sorts_parts_them(sort, turned):
    assert _order({"one": sort}, "-one") == turned
    assert _order({"one": turned}, "-one") == sort
    assert _order({"one": sort}, "one") == sort

"""The demo's tables leave nothing open and say nothing twice, and the maps that ask them are the shipped ones but for that."""

import re
from typing import Any

from orderway.cli.demo.founding import _maps
from orderway.cli.demo.tables import ASKED, asking, tables
from orderway.decisions.reviewing import reviewed
from orderway.workflow.facts import types_of
from orderway.workflow.roundtrip import compare


def test_no_table_has_a_gap_or_a_rule_that_never_hits() -> None:
    for one in tables():
        found = reviewed(one.xml, types_of("order"))
        assert found.decider is not None
        assert found.problems == ()


def test_the_maps_differ_from_those_that_ship_in_whom_they_ask_only() -> None:
    shipped = {key(xml): xml for xml in _maps()}
    changed = {key(xml): xml for xml in asking(_maps())}
    assert set(changed) == {"trade_order", "print_order"}
    asked: dict[str, Any] = {}
    for name, xml in changed.items():
        for tag in re.findall(r"<bpmn:userTask [^>]*>", xml):
            if found := re.search(r'orderway:assignment="(\w+)"', tag):
                asked.setdefault(found[1], []).append(re.search(r' id="(\w+)"', tag)[1])  # type: ignore[index]
        without = re.sub(r' orderway:assignment="\w+"', "", xml)
        trip = compare(shipped[name].encode(), without.encode())
        assert (trip.added, trip.lost) == ((), ())
    assert {table: sorted(nodes) for table, nodes in asked.items()} == {t: sorted(n) for t, n in ASKED.items()}


def key(xml: str) -> str:
    return re.search(r'<bpmn:process id="(\w+)"', xml)[1]  # type: ignore[index]

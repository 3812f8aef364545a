"""One completion is compared on any map: SpiffWorkflow, as the bench leads it, goes the ways that orders go here, or says why not."""

import os
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal as D
from pathlib import Path
from typing import Any

import psycopg
import pytest
from databases import ROOT, drop_database, named, server
from django.db import connection
from psycopg import sql
from steps import Story

from orderway.kernel.access import system_actor
from orderway.kernel.running import ask
from orderway.orders.commands.place import PlaceLine, PlaceOrder
from orderway.workflow.commands.proceed import StartMap
from orderway.workflow.commands.publish import PublishMap
from orderway.workflow.commands.work import CompleteWork
from orderway.workflow.published import compile_xml

pytest.importorskip("SpiffWorkflow.bpmn")
sys.path.append(str(ROOT))
from bench.completion import moves
from bench.drawings import Drawing, draw
from bench.driving import Act, CannotDrive
from bench.recording import Segment, Way, rows
from bench.spiff import Move, Spiff

TOY = ROOT / "bench/maps/both_engines.bpmn"
SHIPPED = ROOT / "src/orderway/workflow/gallery/exchange.bpmn"
# two orders on each map, and what is said of each, item by item
BIG = {"check": {"quantity": "500"}, "approve": {}, "plan": {}, "proof": {}, "ship": {}}
SMALL = {"check": {"quantity": "5"}, "proof": {}, "plan": {}, "ship": {}}
OUR_FAULT = {
    "take_up": {"fault": "ours", "instead": "The blue one"},
    "find_cause": {"cause": "Ink"},
    "send_new": {},
}
THEIR_FAULT = {"take_up": {"fault": "theirs", "instead": "The blue one"}, "await_old": {}, "send_after": {}}


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """The address of an empty database for SpiffWorkflow."""
    name = f"spiff_{os.getpid()}"
    with psycopg.connect(named(server(), "postgres"), autocommit=True) as admin:
        admin.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    yield named(server(), name)
    drop_database(name)


class Here:
    """The transaction of the test, for those who read rows by column."""

    def execute(self, text: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        with connection.cursor() as cursor:
            cursor.execute(text, values)
            return [dict(zip((one[0] for one in cursor.description), row, strict=True)) for row in cursor.fetchall()]


def sent_along(story: Story, key: str, said: Mapping[str, Mapping[str, Any]]) -> Way:
    """A new order on our side: what each act leaves, as the bench records it."""
    boss, item = system_actor(story.shop.company), story.shop.items["PAP-A4-80"]
    (order,) = story.ok("orders.place", boss, PlaceOrder(story.shop.customers["10001"], [PlaceLine(item, D(1))])).done
    story.later()
    segments: list[Segment] = []
    before: Any = {}

    def rest(act: Act) -> None:
        nonlocal before
        story.later()
        after = rows(Here(), order, 0)  # type: ignore[arg-type]
        segments.append(Segment(act, datetime.now(UTC), before, after))
        before = after

    story.ok("workflow.start", boss, StartMap(key, order))
    rest(Act("start", key))
    for node, values in said.items():
        (row,) = [
            one
            for one in ask("workflow.work", boss, which="all", map=key, subject_type="order", subject=order).rows
            if one.node == node
        ]
        outcomes = [name for name, _, back in ask("workflow.work_item", boss, id=row.id).outcomes if not back]
        story.ok("workflow.complete", boss, CompleteWork(row.id, outcomes[0], values))
        rest(Act("complete", node, key, outcomes[0], values))
    assert ask("workflow.position", boss, subject_type="order", subject=order)[0].state == "ended"
    return Way(key, order, tuple(segments))


def prepared(story: Story, file: Path, *every: Mapping[str, Mapping[str, Any]]) -> tuple[Any, Any, list[list[Move]]]:
    """A published map, its graph, and the moves of an order for each way."""
    drawing = draw(file)
    story.ok("workflow.publish", system_actor(story.shop.company), PublishMap(drawing.xml))
    graphs = {drawing.key: compile_xml(drawing.xml, set()).graph}
    ways = [sent_along(story, drawing.key, said) for said in every]
    keys = {row["id"]: row["key"] for row in Here().execute("select id, key from process_definition", {})}
    return drawing, graphs, [moves(way, graphs, keys) for way in ways]


@pytest.mark.parametrize(
    ("file", "ways"), [(TOY, (BIG, SMALL)), (SHIPPED, (OUR_FAULT, THEIR_FAULT))], ids=["toy", "shipped"]
)
def test_two_orders_go_the_ways_they_go_here(shop: Any, elsewhere: str, file: Path, ways: Any) -> None:
    drawing, graphs, both = prepared(Story(shop), file, *ways)
    assert both[0][-1].open == both[1][-1].open == {}
    assert [move.open for move in both[0]] != [move.open for move in both[1]]  # each its own way
    spiff = Spiff(elsewhere, drawing.key, [drawing], graphs)
    for one in both:
        spiff.rehearse(one)
    assert spiff.open() == 0
    spiff.connection.close()


def test_another_way_than_ours_is_told(shop: Any, elsewhere: str) -> None:
    drawing, graphs, (small,) = prepared(Story(shop), TOY, SMALL)
    spiff = Spiff(elsewhere, drawing.key, [drawing], graphs)
    led_astray = [small[0], Move(small[1].act, small[1].taken | {"flow: both_engines/big"}, small[1].open), *small[2:]]
    with pytest.raises(CannotDrive, match=r"after complete check it waits at \{'approve': 1\}"):
        spiff.rehearse(led_astray)
    with pytest.raises(CannotDrive, match="has not ended"):
        spiff.rehearse(small[:-1])
    spiff.connection.close()


def test_a_map_that_spiffworkflow_cannot_read_is_told(elsewhere: str) -> None:
    text = draw(TOY).xml
    forked = text.replace(
        "</bpmn:process>", '<bpmn:sequenceFlow id="too" sourceRef="check" targetRef="ship"/></bpmn:process>'
    )
    graphs = {"both_engines": compile_xml(text, set()).graph}
    with pytest.raises(CannotDrive, match=r"cannot read it: .*Multiple outgoing flows"):
        Spiff(elsewhere, "both_engines", [Drawing("both_engines", forked, frozenset())], graphs)

"""A rule that somebody drew: on intake of an order that came so, this step runs; and the record tells it (SE-10)."""

from decimal import Decimal as D
from typing import Any

import pytest
from doorstep import come_in, csv, inputs, letter, work

from orderway.kernel.running import ask, run
from orderway.kernel.sql import fetch
from orderway.orders.commands.place import PlaceLine, PlaceOrder
from orderway.workflow.commands.publish import PublishMap

pytestmark = pytest.mark.usefixtures("db")
CUSTOMER = "Kanzlei Bergmann Roth"
# orders that come as {channel} wait for a look; all others are confirmed at once
RULE = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:o="https://orderway.org/bpmn/1">
<process id="trade_order" name="Taking orders in" isExecutable="true" o:subject="order" o:accountable="manager"><startEvent id="came"/>
<exclusiveGateway id="how" name="How it came" default="else"/>
<serviceTask id="wait" name="Put on hold" o:command="orders.hold"><extensionElements>
<o:argument name="reason" value="Orders in files are looked at first"/></extensionElements></serviceTask>
<serviceTask id="confirm" name="Confirm order" o:command="orders.confirm"/><endEvent id="waits"/><endEvent id="goes"/>
<sequenceFlow id="a" sourceRef="came" targetRef="how"/><sequenceFlow id="else" sourceRef="how" targetRef="confirm"/>
<sequenceFlow id="if" sourceRef="how" targetRef="wait"><conditionExpression>channel = "{channel}"</conditionExpression></sequenceFlow>
<sequenceFlow id="b" sourceRef="wait" targetRef="waits"/><sequenceFlow id="c" sourceRef="confirm" targetRef="goes"/></process></definitions>"""


def publish(shop: Any, channel: str) -> None:
    done = run("workflow.publish", shop.administrator, [PublishMap(RULE.format(channel=channel))])
    assert done.ok, done.refused


def ordered(shop: Any, reference: str) -> Any:
    """An order comes in as a file; nobody does anything. What became of it."""
    come_in(shop, f"{reference}.csv", csv(f"{reference};{CUSTOMER};PAP-A4-80;10;4,90"))
    row = next(row for row in inputs(shop) if row.their_number == reference)
    return ask("orders.one", shop.manager, id=row.order_id)


def logged(order: int) -> list[Any]:
    """What the record tells of an order: (event, by which command, by whom)."""
    told = (
        "select name, command, actor_id from event where root_type = 'order' and root_id = %(id)s::bigint order by id"
    )
    return [tuple(row) for row in fetch(told, {"id": order})]


def way(shop: Any, order: int) -> tuple[int, list[str]]:
    """The version of the rule that an order went by, and its way."""
    (position,) = ask("workflow.position", shop.manager, subject_type="order", subject=order)
    return position.version, [flow for flow, _at in position.path]


def test_the_step_runs_for_an_intake_that_is_such_an_order_and_is_logged(shop: Any) -> None:
    publish(shop, "file")
    order = ordered(shop, "R-1")
    assert (order.state, order.hold_reason) == ("held", "Orders in files are looked at first")
    assert [name for name, _, _ in logged(order.id)] == [
        "order.placed",
        "process.started",
        "order.held",
        "process.ended",
    ]
    assert ("order.held", "orders.hold", 0) in logged(order.id), "the system did it"
    assert way(shop, order.id) == (1, ["a", "if", "b"])


def test_it_does_not_run_for_what_is_no_order_nor_for_an_order_of_another_kind(shop: Any) -> None:
    publish(shop, "file")
    begun = fetch("select id from process_instance", {})
    come_in(shop, "question.eml", letter().as_bytes(), "mail")
    assert fetch("select id from process_instance", {}) == begun
    (phoned,) = run(
        "orders.place",
        shop.manager,
        [PlaceOrder(shop.customers["10001"], [PlaceLine(shop.items["PAP-A4-80"], D(1))], channel="phone")],
    ).done
    work()
    assert ask("orders.one", shop.manager, id=phoned).state == "confirmed"
    assert ("order.confirmed", "orders.confirm", 0) in logged(phoned)
    assert way(shop, phoned) == (1, ["a", "else", "c"])


def test_a_changed_rule_counts_from_the_next_intake_on(shop: Any) -> None:
    publish(shop, "file")
    before = ordered(shop, "R-1")
    publish(shop, "phone")
    after = ordered(shop, "R-2")
    assert (before.state, after.state) == ("held", "confirmed")
    assert (way(shop, before.id)[0], way(shop, after.id)[0]) == (1, 2)

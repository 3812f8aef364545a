"""The administrator publishes a table, orders are decided by it, and anybody can see why."""

from datetime import UTC, datetime
from typing import Any

import growth
import pytest
from approval_tables import APPROVAL, SPACE, table
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orderway.decisions.commands import DecideOn, PublishTable
from orderway.kernel import clock
from orderway.kernel.access import system_actor
from orderway.kernel.running import ask, run
from orderway.kernel.sql import fetch


def publish(shop: Any, xml: str, subject: str = "order", why: str = "") -> Any:
    return run("decisions.publish", shop.administrator, [PublishTable(xml, subject, why)])


def decide(shop: Any, ids: list[int], key: str = "approval", partial: bool = False) -> Any:
    return run("decisions.decide", shop.manager, [DecideOn(id, key) for id in ids], partial=partial)


def net_of(order: int) -> Any:
    (row,) = fetch("select net from sales_order where id = %(order)s::bigint", {"order": order})
    return row.net


def reasons(shop: Any, id: int) -> list[Any]:
    return ask("decisions.why", shop.manager, subject_type="order", subject=id)


def test_an_order_is_decided_and_the_rule_that_fired_can_be_read(shop: Any) -> None:
    assert publish(shop, table("approval", APPROVAL), why="the new limits").ok
    orders = growth.placed(shop, 2)
    assert decide(shop, orders).done == orders
    (reason,) = reasons(shop, orders[0])
    net = net_of(orders[0])
    assert (reason.name, reason.number, reason.decided_by) == ("Limits of approval", 1, shop.manager.name)
    assert reason.values == {"net": str(net), "country": "DE"}
    fired = 1 if net < 100 else 2
    assert reason.result == ["nobody", "manager"][fired - 1]
    ((number, rule),) = reason.rules
    assert (number, rule.inputs[0]) == (fired, APPROVAL[fired - 1][0])


def test_a_new_version_decides_from_then_on_and_old_reasons_stand(shop: Any) -> None:
    (order,) = growth.placed(shop, 1)
    publish(shop, table("approval", APPROVAL))
    decide(shop, [order])
    publish(shop, table("approval", [("-", "-", '"board"')]), why="everything to the board")
    decide(shop, [order])
    new, old = reasons(shop, order)
    assert (new.number, new.result, new.rules[0][1].inputs) == (2, "board", ("-", "-"))
    assert (old.number, old.rules[0][1].outputs) == (1, (f'"{old.result}"',))
    shown = ask("decisions.table", shop.manager, key="approval")
    assert [(one.number, one.why) for one in shown.versions] == [(2, "everything to the board"), (1, "")]
    assert ask("decisions.table", shop.manager, key="approval", version=1).rows[2].outputs == ('"board"',)


def test_the_same_file_is_no_new_version(shop: Any) -> None:
    first = publish(shop, table("approval", APPROVAL))
    assert publish(shop, table("approval", APPROVAL)).done == first.done
    (row,) = [one for one in ask("decisions.tables", shop.manager) if one.key == "approval"]
    assert (row.number, row.subject_type, row.made) == (1, "order", 0)


def test_a_set_takes_as_many_statements_as_one_order(shop: Any) -> None:
    publish(shop, table("approval", APPROVAL))
    orders = growth.placed(shop, 30)
    decide(shop, orders[:1])
    counts = []
    for some in (orders[:1], orders):
        with CaptureQueriesContext(connection) as queries:
            decide(shop, some)
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("xml", "subject", "code", "why"),
    [
        ("<html/>", "order", "cannot-decide", "not-dmn"),
        (table("approval", [("> 1 >", "-", '"x"')]), "order", "cannot-decide", "did not expect >"),
        (table("approval", [("> limit", "-", '"x"')]), "order", "cannot-decide", "nothing is called limit"),
        (f'<definitions xmlns="{SPACE}" namespace="n" name="n"/>', "order", "cannot-decide", "no-decision"),
        (table("approval", APPROVAL), "spaceship", "unknown-subject", "spaceship"),
    ],
)
def test_a_table_that_cannot_decide_is_refused_with_its_problems(
    shop: Any, xml: str, subject: str, code: str, why: str
) -> None:
    (refusal,) = publish(shop, xml, subject).refused
    assert refusal.code == code
    assert why in str(refusal.facts)


def test_a_key_decides_about_one_kind_of_thing(shop: Any) -> None:
    publish(shop, table("approval", APPROVAL))
    other = f'<definitions xmlns="{SPACE}" namespace="n" name="n"><decision id="approval" name="A"><literalExpression>'
    (refusal,) = publish(shop, f"{other}<text>1</text></literalExpression></decision></definitions>", "ticket").refused
    assert refusal.code in ("other-subject", "unknown-subject")


def test_what_is_not_there_is_not_decided_about(shop: Any) -> None:
    assert [one.code for one in decide(shop, growth.placed(shop, 1)).refused] == ["no-decision"]
    publish(shop, table("approval", APPROVAL))
    (order,) = growth.placed(shop, 1)
    found = decide(shop, [order, 999_999_999], partial=True)
    assert (list(found.done), [one.code for one in found.refused]) == ([order], ["unknown-decided"])
    assert ask("decisions.why", shop.stranger, subject_type="order", subject=order) == []
    assert ask("decisions.tables", shop.stranger) == []


def test_decisions_that_rest_on_each_other_decide_together(shop: Any) -> None:
    xml = (
        f'<definitions xmlns="{SPACE}" namespace="urn:g" name="g"><inputData id="i" name="net"><variable name="net" '
        'typeRef="number"/></inputData><decision id="size" name="Size"><variable name="Size" typeRef="string"/>'
        '<informationRequirement><requiredInput href="#i"/></informationRequirement><literalExpression>'
        '<text>if net &gt; 100 then "big" else "small"</text></literalExpression></decision>'
        '<decision id="approval" name="Approval"><informationRequirement><requiredDecision href="#size"/>'
        '</informationRequirement><decisionTable hitPolicy="FIRST"><input><inputExpression><text>Size</text>'
        '</inputExpression></input><output name="role"/><output name="days"/><rule><inputEntry><text>"small"</text>'
        '</inputEntry><outputEntry><text>"nobody"</text></outputEntry><outputEntry><text>0</text></outputEntry></rule>'
        '<rule><inputEntry><text>-</text></inputEntry><outputEntry><text>"manager"</text></outputEntry><outputEntry>'
        "<text>1.5</text></outputEntry></rule></decisionTable></decision></definitions>"
    )
    assert publish(shop, xml).ok
    (order,) = growth.placed(shop, 1)
    assert decide(shop, [order]).ok
    (reason,) = reasons(shop, order)
    big = net_of(order) > 100
    assert reason.result == ({"role": "manager", "days": "1.5"} if big else {"role": "nobody", "days": "0"})
    assert [number for number, _ in reason.rules] == [2 if big else 1]
    assert set(reason.values) == {"net"}


def test_today_is_the_day_of_the_company(shop: Any) -> None:
    rows = [("-", "-", 'if today() = date("2026-03-03") then "tomorrow already" else string(now())')]
    assert publish(shop, table("approval", rows)).ok
    (order,) = growth.placed(shop, 1)
    with clock.at(datetime(2026, 3, 2, 23, 30, tzinfo=UTC)):  # half past midnight in Berlin
        assert decide(shop, [order]).ok
    assert reasons(shop, order)[0].result == "tomorrow already"


def test_the_system_decides_too(shop: Any) -> None:
    publish(shop, table("approval", APPROVAL))
    (order,) = growth.placed(shop, 1)
    assert run("decisions.decide", system_actor(shop.company), [DecideOn(order, "approval")]).ok
    assert reasons(shop, order)[0].decided_by == ""

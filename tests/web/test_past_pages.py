"""What the pages of a map tell of waiting: the live table, who waits on whom, what happened, and a log held against the map."""

import csv
import html
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal as D
from io import StringIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.html import escape

from orderway.kernel import clock, reacting
from orderway.kernel.access import ROLES
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask, run
from orderway.orders.commands.place import PlaceLine, PlaceOrder
from orderway.web.ways import ways_in_words
from orderway.workflow.commands.proceed import StartMap, drain
from orderway.workflow.commands.publish import PublishMap
from orderway.workflow.commands.work import CompleteWork

MORNING = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
CHECKING = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:o="https://orderway.org/bpmn/1">
<process id="checking" name="Checking" isExecutable="true" o:subject="order" o:accountable="manager"><startEvent id="s"/>
<userTask id="check" name="Check order" o:role="warehouse"/>
<userTask id="approve" name="Approve order" o:role="manager"><extensionElements>
<o:outcome name="yes" label="Approve"/><o:outcome name="no" label="Send back" sendsBack="true"/></extensionElements></userTask>
<exclusiveGateway id="g" default="f4"/><endEvent id="e"/>
<sequenceFlow id="f1" sourceRef="s" targetRef="check"/><sequenceFlow id="f2" sourceRef="check" targetRef="approve"/>
<sequenceFlow id="f3" sourceRef="approve" targetRef="g"/><sequenceFlow id="f4" sourceRef="g" targetRef="e"/>
<sequenceFlow id="f5" sourceRef="g" targetRef="check"><conditionExpression>outcome = "no"</conditionExpression></sequenceFlow>
</process></definitions>"""


def text(answer: Any) -> str:
    return str(answer.content.decode())


def at(hours: float) -> Any:
    return clock.at(MORNING + hours * HOUR)


def done(shop: Any, order: int, outcome: str = "done") -> None:
    (item,) = ask("workflow.work", shop.administrator, which="all", map="checking", subject=order).rows
    actor = shop.manager if item.node == "approve" else shop.warehouse
    outcome_of = run(
        "workflow.complete", actor, [CompleteWork(item.id, outcome, reason="Price is wrong" if outcome == "no" else "")]
    )
    assert outcome_of.ok, outcome_of.refused
    drain()


def placed(shop: Any) -> int:
    row = PlaceOrder(shop.customers["10002"], [PlaceLine(shop.items["PAP-A4-80"], D(1))])
    other = int(run("orders.place", shop.manager, [row]).done[0])
    reacting.drain()
    return other


@pytest.fixture
def two(shop: Any, order: int) -> tuple[int, int]:
    """One order went straight through, another was sent back once. The warehouse took the first up after an hour and needed two more."""
    other = placed(shop)
    with at(0):
        assert run("workflow.publish", shop.administrator, [PublishMap(CHECKING)]).ok
        assert run("workflow.start", shop.administrator, [StartMap("checking", id) for id in (order, other)]).ok
        drain()
    with at(1):
        (item,) = ask("workflow.work", shop.warehouse, map="checking", subject=order).rows
        assert run("workflow.claim", shop.warehouse, [Ref(item.id)]).ok
    with at(3):
        done(shop, order)
        done(shop, other)
    with at(4):
        done(shop, order, "yes")
        done(shop, other, "no")
    with at(10):
        done(shop, other)
    with at(11):
        done(shop, other, "yes")
    return order, other


def test_where_it_waited_and_who_worked(shop: Any, two: tuple[int, int]) -> None:
    found = {row.node: row for row in ask("workflow.bottlenecks", shop.manager, map="checking")}
    check, approve = found["check"], found["approve"]
    assert (check.visits, check.cases) == (3, 2)
    assert (check.waited, check.worked) == ((1 + 3 + 6) * HOUR, 2 * HOUR)
    assert (approve.visits, approve.waited, approve.worked) == (3, 3 * HOUR, timedelta())
    assert check.share == pytest.approx(10 / 13)
    assert (check.again, check.cases_again, check.again_took) == (1, 1, 7 * HOUR), "left first at 3, for good at 10"


def test_the_ways_that_were_taken(shop: Any, two: tuple[int, int]) -> None:
    straight, back = sorted(ask("workflow.variants", shop.manager, map="checking"), key=lambda row: len(row.steps))
    assert (straight.names, straight.cases, straight.share) == (["Check order", "Approve order"], 1, 0.5)
    assert back.steps == ["check", "approve", "check", "approve"]
    assert (straight.median, back.median, back.ninetieth) == (4 * HOUR, 11 * HOUR, 11 * HOUR)
    (only,) = ask("workflow.bottlenecks", shop.manager, map="checking", variant=straight.variant)[:1]
    assert (only.node, only.visits) == ("approve", 1) or (only.node, only.visits) == ("check", 1)
    assert ask("workflow.variants", shop.manager, map="checking", until=MORNING.date() - timedelta(days=1)) == []
    (case,) = ask("workflow.past_cases", shop.manager, map="checking", again="check").rows
    assert (case.subject_id, case.took) == (two[1], 11 * HOUR)


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ("a b x c d", "As way 1, but with x"),
        ("a b d", "As way 1, but without c"),
        ("a x c d", "As way 1, but x instead of b"),
        ("a b a b c d", "As way 1, but a → b again"),
        ("a b c a b c d", "As way 1, but a to c again"),
        ("a c d x y", "As way 1, but without b; with x → y"),
        ("a b c d", "As way 1"),
        ("u v w", "u → v → w"),
        ("", "No step at all"),
        ("u v w x y z u v", "u → v → w → x → 2 more → u → v"),
    ],
)
def test_a_way_is_told_by_what_it_does_otherwise_than_the_first(names: str, told: str) -> None:
    first, other = ways_in_words([["a", "b", "c", "d"], names.split()])
    assert (first["text"], other["text"]) == ("a → b → c → d", told)
    assert other["title"].split(" → ") == (names.split() or ["No step at all"])


def test_our_own_cases_fit_the_map_they_ran_by(shop: Any, two: tuple[int, int]) -> None:
    for way in ask("workflow.conformance", shop.manager, map="checking"):
        assert (way.fitness, way.deviations) == (1.0, ())
    stricter = CHECKING.replace(' id="f5" sourceRef="g" targetRef="check"', ' id="f5" sourceRef="g" targetRef="e"')
    assert run("workflow.publish", shop.administrator, [PublishMap(stricter)]).ok
    found = {len(way.deviations): way for way in ask("workflow.conformance", shop.manager, map="checking")}
    assert {(one.kind, one.step) for one in found[2].deviations} == {
        ("repeated", "Check order"),
        ("repeated", "Approve order"),
    }


@pytest.mark.parametrize("role", ROLES)
def test_the_past_is_for_those_who_answer_for_it(role: str, as_: Any, two: tuple[int, int]) -> None:
    browser = as_(role)
    sees = 200 if role in ("manager", "administrator", "auditor") else 403
    pages = [f"past?of={of}&since=" for of in ("waiting", "ways", "again", "cases", "nonsense")]
    for page in (*pages, "fit?since=", "past.csv?of=waiting&since="):
        assert browser.get(f"/maps/checking/{page}").status_code == sees, page
    assert ("/maps/checking/past" in text(browser.get("/maps/checking"))) == (sees == 200)


def test_every_figure_leads_to_its_orders(shop: Any, as_: Any, two: tuple[int, int]) -> None:
    browser = as_("manager")
    page = text(browser.get("/maps/checking/past?since=&until="))
    assert "Check order" in page
    assert "10 h" in page
    assert "of=cases&amp;node=check" in page
    (case,) = ask("workflow.past_cases", shop.manager, map="checking", again="check").rows
    page = text(browser.get("/maps/checking/past?of=cases&again=check&since="))
    assert escape(case.title) in page
    assert f"/orders/{two[1]}?tab=map" in page
    assert f"/orders/{two[0]}?tab=map" not in page
    assert "Choose a longer one" in text(browser.get("/maps/checking/past?since=2001-01-01&until=2001-02-01"))


def test_bars_are_in_the_unit_that_the_longest_is_told_in(shop: Any, as_: Any, order: int) -> None:
    with at(0):
        assert run("workflow.publish", shop.administrator, [PublishMap(CHECKING)]).ok
        assert run("workflow.start", shop.administrator, [StartMap("checking", order)]).ok
        drain()
    with at(36):
        done(shop, order)
    with at(40):
        done(shop, order, "no")
    address = "/maps/checking/past?since=2026-03-01"
    with at(47):
        done(shop, order)
    with at(48):
        done(shop, order, "yes")

    page = text(as_(shop.manager).get(address))
    assert "hours, all together" in page, "43 hours are told in hours everywhere"
    assert "Check order: waiting 43" in page
    again = text(as_(shop.manager).get(f"{address}&of=again"))
    assert "Check order: cost 11" in again

    other = placed(shop)
    with at(48):
        assert run("workflow.start", shop.administrator, [StartMap("checking", other)]).ok
        drain()
    with at(48 + 77):
        done(shop, other)
    with at(48 + 78):
        done(shop, other, "yes")
    page = text(as_(shop.manager).get(address))
    assert "days, all together" in page, "120 hours are five days, as the colours of the map say"
    assert "Check order: waiting 5," in page


def test_the_table_as_a_file(as_: Any, two: tuple[int, int]) -> None:
    answer = as_("manager").get("/maps/checking/past.csv?of=waiting&since=")
    assert "checking-waiting-" in answer["Content-Disposition"]
    rows = {row["step"]: row for row in csv.DictReader(StringIO(text(answer).lstrip("\ufeff")))}
    assert (rows["check"]["waited_s"], rows["check"]["worked_s"]) == ("36000", "7200")
    for of in ("ways", "again", "cases"):
        assert text(as_("manager").get(f"/maps/checking/past.csv?of={of}&since=")).count("\n") >= 2


def test_the_live_map_says_who_waits_on_whom(shop: Any, as_: Any, order: int) -> None:
    with at(0):
        assert run("workflow.publish", shop.administrator, [PublishMap(CHECKING)]).ok
        assert run("workflow.start", shop.administrator, [StartMap("checking", order)]).ok
        drain()
    browser = as_("manager")
    page = text(browser.get("/maps/checking"))
    assert 'data-heat="{&quot;check&quot;: 5}"' in page
    assert "Waiting together" in page
    assert "Warehouse" in text(browser.get("/maps/checking?by=waiting"))
    (item,) = ask("workflow.work", shop.warehouse, map="checking", subject=order).rows
    assert run("workflow.claim", shop.warehouse, [Ref(item.id)]).ok
    assert "Warehouse of Kessler" in text(browser.get("/maps/checking?step=check"))
    assert "waits on Warehouse of Kessler" in text(browser.get(f"/orders/{order}?tab=map"))
    assert browser.get("/maps/checking?by=departments").status_code == 200
    assert "1 here" in text(browser.get("/maps/checking/print"))


def test_a_log_from_elsewhere_is_held_against_the_map(as_: Any, two: tuple[int, int]) -> None:
    log = b"Order;Activity;At\n1;Check order;2026-03-02 08:00\n1;Approve order;2026-03-02 09:00\n2;Approve order;2026-03-02 08:00\n"
    sent = SimpleUploadedFile("log.csv", log)
    page = text(as_("manager").post("/maps/checking/fit", {"log": sent}))
    assert "1 of 2 fit" in page
    assert "Check order: missing" in page
    bad = as_("manager").post("/maps/checking/fit", {"log": SimpleUploadedFile("log.xes", b"<!DOCTYPE a><log/>")})
    assert bad.status_code == 422
    assert "document type" in text(bad)
    assert as_("manager").post("/maps/checking/fit", {}).status_code == 422


def tried(browser: Any, url: str) -> tuple[int, set[int]]:
    """How many a trial that a link leads to goes through, and about which orders it is."""
    page = text(browser.get(url + "&view=all"))
    many = re.search(r"(\d+) (?:is |are )?tried in", page)
    runs = re.findall(r'href="/maps/checking/try/(\d+)', page)
    return int(many[1]) if many else -1, {
        int(id)
        for run in runs
        for id in re.findall(r'href="/orders/(\d+)"', text(browser.get(f"/maps/checking/try/{run}")))
    }


def links(page: str) -> list[str]:
    """Where a change may be tried on what the page shows: first the button of the page, then its rows."""
    return [html.unescape(one) for one in re.findall(r'href="(/maps/checking/try\?[^"]+)"', page)]


def test_from_a_way_a_step_or_what_was_done_again_it_is_one_click_to_a_trial_of_these_orders(
    shop: Any, as_: Any, two: tuple[int, int]
) -> None:
    browser, both = as_("manager"), set(two)
    shorter = CHECKING.replace('sourceRef="s" targetRef="check"', 'sourceRef="s" targetRef="approve"')
    assert browser.post("/maps/checking/save", {"xml": shorter, "seen": "0"}).status_code == 200
    day = MORNING.date()
    ways = ask("workflow.variants", shop.manager, map="checking")
    expected = [both, *({two[0]} if len(way.steps) == 2 else {two[1]} for way in ways)]
    found = links(text(browser.get(f"/maps/checking/past?of=ways&since={day}&until={day}")))
    assert [tried(browser, url) for url in found] == [(len(orders), orders) for orders in expected]
    assert all(f"since={day}" in url for url in found)
    found = links(text(browser.get("/maps/checking/past?of=again&since=")))
    assert [tried(browser, url)[1] for url in found] == [both, {two[1]}, {two[1]}]
    found = links(text(browser.get("/maps/checking/past?of=waiting&since=")))
    assert [tried(browser, url)[1] for url in found] == [both, both, both]
    (of_case, *rest) = links(text(browser.get("/maps/checking/past?of=cases&again=check&since=")))
    assert (tried(browser, of_case)[1], rest) == ({two[1]}, [])
    page = text(browser.get(of_case))
    assert "More than once" in page
    assert "fewer: Check order" in page, "the draft that is there is what is tried"
    assert 'name="again_at" value="check"' in page, "kept while other days are asked for"
    assert tried(browser, of_case.replace("ended=true", f"ended=true&since={day + timedelta(days=9)}"))[1] == set()


def test_from_a_deviation_it_is_one_click_to_a_trial(shop: Any, as_: Any, two: tuple[int, int]) -> None:
    stricter = CHECKING.replace(' id="f5" sourceRef="g" targetRef="check"', ' id="f5" sourceRef="g" targetRef="e"')
    assert run("workflow.publish", shop.administrator, [PublishMap(stricter)]).ok
    browser = as_("manager")
    rows = re.findall(r"<tr data-row.*?</tr>", text(browser.get("/maps/checking/fit?since=")), re.S)
    (deviating,) = [row for row in rows if "once too often" in row]
    (url,) = links(deviating)
    assert tried(browser, url) == (1, {two[1]})


def test_who_may_look_but_not_draw_is_offered_no_trial(as_: Any, two: tuple[int, int]) -> None:
    for page in ("past?of=ways&since=", "fit?since="):
        assert links(text(as_("auditor").get(f"/maps/checking/{page}"))) == []
        assert links(text(as_("manager").get(f"/maps/checking/{page}")))

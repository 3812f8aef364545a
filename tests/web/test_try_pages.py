"""A changed map is tried on its page before it is published (OW-01)."""

import json
import re
from datetime import timedelta
from decimal import Decimal
from html import unescape
from itertools import pairwise

import pytest
from django.utils import translation

from orderway.decisions.commands.draft import SaveTable
from orderway.decisions.commands.publish import PublishTable
from orderway.kernel import clock
from orderway.kernel.access import system_actor
from orderway.kernel.running import run
from orderway.kernel.sql import fetch
from orderway.orders.commands.place import PlaceLine, PlaceOrder
from orderway.web import trying, trying_long
from orderway.workflow.commands.proceed import StartMap
from orderway.workflow.commands.publish import PublishMap
from orderway.workflow.commands.work import CompleteWork

PAGE = "/maps/tried/try"
HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:o="https://orderway.org/bpmn/1">'
    '<process id="tried" name="Tried" isExecutable="true" o:subject="order"><startEvent id="s"/>'
)


def look(id: str, name: str) -> str:
    return (
        f'<userTask id="{id}" name="{name}" o:role="manager" o:due="P1D"><extensionElements>'
        '<o:outcome name="good" label="All good"/></extensionElements></userTask>'
    )


def ways(*steps: str) -> str:
    pairs = pairwise(steps)
    return "".join(f'<sequenceFlow id="{a}.{b}" sourceRef="{a}" targetRef="{b}"/>' for a, b in pairs)


WAS = f'{HEAD}{look("look", "Look")}<endEvent id="e"/>{ways("s", "look", "e")}</process></definitions>'
WOULD = f'{HEAD}{look("look", "Look")}{look("again", "Look again")}<endEvent id="e"/>{ways("s", "look", "again", "e")}</process></definitions>'
BROKEN = WOULD.replace('o:role="manager"', 'o:role="nobody"')


@pytest.fixture
def looked_at(shop, order):
    """An order that was looked at two hours after it came."""
    trying._kept.clear()
    system = system_actor(shop.company)
    now = clock.now()
    with clock.at(now - timedelta(hours=3)):
        assert run("workflow.publish", system, [PublishMap(WAS)]).ok
        assert run("workflow.start", system, [StartMap("tried", order)]).ok
    (row,) = fetch("select id from work_item where node = 'look'", {})
    with clock.at(now - timedelta(hours=1)):
        assert run("workflow.complete", system, [CompleteWork(row.id, "good")]).ok
    return order


def draw(browser, xml, seen="0"):
    assert browser.post("/maps/tried/save", {"xml": xml, "seen": seen}).status_code == 200


def test_the_page_says_who_goes_another_way_and_shows_both_ways(as_, looked_at):
    browser = as_("manager")
    draw(browser, WOULD)
    assert PAGE in browser.get("/maps/tried/edit").content.decode()
    page = browser.get(PAGE).content.decode()
    assert re.search(r'class="figure\s*">1</span>', page)
    assert "+1 −0" in page
    assert "more: Look again" in page
    assert "&quot;again&quot;: {&quot;count&quot;: &quot;+1&quot;}" in page  # on the map
    assert "nobody really decided this" in page
    one = re.search(r'href="(/maps/tried/try/\d+)"', page)
    both = browser.get(one[1]).content.decode()
    assert "All good after 2 h" in both
    assert "Look again" in both
    assert f'href="/orders/{looked_at}"' in both


def test_the_unchanged_version_shows_no_difference(as_, looked_at):
    browser = as_("manager")
    assert f"{PAGE}?version=1" in browser.get("/maps/tried/versions").content.decode()
    page = browser.get(f"{PAGE}?version=1").content.decode()
    assert "None would go another way: 0 differences." in page
    every = browser.get(f"{PAGE}?version=1&view=all").content.decode()
    assert "/maps/tried/try/" in every
    nobody = browser.get(f"{PAGE}?version=1&view=all&q=no+such+customer").content.decode()
    assert "None of them fits what is looked for." in nobody
    assert "/maps/tried/try/" not in nobody


def test_days_on_which_nothing_began(as_, looked_at):
    page = as_("manager").get(f"{PAGE}?since=2001-01-01&until=2001-01-31").content.decode()
    assert "Nothing began on this map in these days." in page


def test_a_new_map_has_nothing_to_be_tried_on_and_says_so(as_, looked_at):
    browser = as_("administrator")
    browser.post("/maps/new", {"name": "Goods back", "subject": "order", "template": "returns"})
    page = browser.get("/maps/goods_back/try").content.decode()
    assert "Nothing has run on this new map yet" in page
    assert 'href="/maps/goods_back/publish"' in page


def test_another_save_is_another_trial(as_, looked_at):
    browser = as_("manager")
    draw(browser, WOULD)
    assert "more: Look again" in browser.get(PAGE).content.decode()
    draw(browser, WAS, "1")
    assert "0 differences" in browser.get(PAGE).content.decode()


def test_a_drawing_that_cannot_run_is_mended_first(as_, looked_at):
    browser = as_("manager")
    draw(browser, BROKEN)
    page = browser.get(PAGE).content.decode()
    assert "This drawing cannot run yet." in page
    assert "/maps/tried/edit" in page


def test_many_are_tried_behind_a_page_that_is_there_at_once(as_, looked_at, monkeypatch):
    monkeypatch.setattr(trying, "AT_ONCE", 0)
    browser = as_("manager")
    draw(browser, WOULD)
    page = browser.get(PAGE).content.decode()
    assert "1 is tried; that takes about 1 s." in page
    answer = re.search(r'href="(\?now=1[^"]*)"', page)
    assert "more: Look again" in browser.get(PAGE + answer[1].replace("&amp;", "&")).content.decode()


def parts(browser, page):
    """The lines that the script of a waiting page reads, as they come."""
    answer = re.search(r'data-url="([^"]*)"', page)
    response = browser.get(PAGE + answer[1].replace("&amp;", "&"), headers={"accept": "application/x-ndjson"})
    return response, (json.loads(line) for line in response.streaming_content)


@pytest.fixture
def three(shop, looked_at, monkeypatch):
    """Three runs of the map, tried one by one behind a page."""
    monkeypatch.setattr(trying, "AT_ONCE", 0)
    monkeypatch.setattr(trying_long, "PART", 1)
    rows = [PlaceOrder(shop.customers["10002"], [PlaceLine(shop.items["PAP-A4-80"], Decimal(1))])] * 2
    more = run("orders.place", shop.manager, rows).done
    assert run("workflow.start", shop.manager, [StartMap("tried", id) for id in more]).ok
    return [looked_at, *more]


def test_it_says_how_far_it_is_and_ends_with_the_same_answer_as_at_once(as_, three, monkeypatch):
    browser = as_("manager")
    draw(browser, WOULD)
    response, lines = parts(browser, browser.get(PAGE).content.decode())
    assert response["Content-Type"] == "application/x-ndjson"
    first, second, last = lines
    assert (first["done"], second["done"]) == (1, 2)
    assert first["words"].startswith("1 of 3, about ")
    monkeypatch.setattr(trying, "AT_ONCE", 500)
    trying._kept.clear()
    at_once = browser.get(PAGE).content.decode()
    plain = [figures(page) for page in (last["page"], at_once)]
    assert plain[0] == plain[1]
    assert plain[0]


def figures(page):
    """What a trial's page says but for how long it took and the keys of its forms."""
    main = page[page.index("<main") : page.index("</main>")]
    return re.sub(r"tried in [\d.]+ s|name=\"[a-z_]*(?:token|key)\" value=\"[^\"]+\"", "", main)


def test_it_speaks_the_language_of_who_asks_to_its_end(as_, three):
    browser = as_("manager", "de")
    draw(browser, WOULD)
    _, lines = parts(browser, browser.get(PAGE).content.decode())
    with translation.override("en"):
        told = list(lines)
    assert told[0]["words"].startswith("1 von 3, noch etwa ")
    assert "mehr: Look again" in told[-1]["page"]


def test_who_leaves_ends_it(as_, three, monkeypatch):
    browser = as_("manager")
    draw(browser, WOULD)
    tried = []
    really = trying_long.read
    monkeypatch.setattr(
        trying_long,
        "read",
        lambda request, name, *more, **given: tried.append(name) or really(request, name, *more, **given),
    )
    _, lines = parts(browser, browser.get(PAGE).content.decode())
    next(
        lines
    )  # the next part is tried only when the next line is asked for; the server asks for none once the browser has gone
    assert tried.count("workflow.try") == 1
    assert trying._kept == {}


def test_who_may_not_draw_may_not_try(as_, looked_at):
    browser = as_("warehouse")
    assert browser.get(PAGE).status_code == 403
    assert browser.get(f"{PAGE}/1").status_code == 403
    assert as_("manager").get("/maps/no_such_map/try").status_code == 404
    assert as_("manager").get(f"{PAGE}/999999").status_code == 404


TABLE = (
    '<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" namespace="urn:size" name="size"><decision id="size" name="Size of orders">'
    '<decisionTable hitPolicy="FIRST"><input label="Net"><inputExpression typeRef="number"><text>net</text></inputExpression></input>'
    '<output name="size" typeRef="string"/>'
    '<rule><inputEntry><text>&gt;= {0}</text></inputEntry><outputEntry><text>"large"</text></outputEntry></rule>'
    '<rule><inputEntry><text>-</text></inputEntry><outputEntry><text>"small"</text></outputEntry></rule>'
    "</decisionTable></decision></definitions>"
)
SIZED = (
    HEAD.replace('id="tried" name="Tried"', 'id="sized" name="Sized"')
    + '<businessRuleTask id="ask" name="How large?" o:decision="size"/><exclusiveGateway id="g" default="g.e"/>'
    + look("look", "Look at large ones")
    + '<endEvent id="e"/><sequenceFlow id="g.look" sourceRef="g" targetRef="look"><conditionExpression>size = "large"</conditionExpression>'
    + f"</sequenceFlow>{ways('s', 'ask', 'g', 'e')}{ways('look', 'e')}</process></definitions>"
)


def test_a_drawn_table_is_tried_with_the_maps_that_ask_it(as_, shop, order):
    trying._kept.clear()
    system = system_actor(shop.company)
    with clock.at(clock.now() - timedelta(hours=3)):
        assert run("decisions.publish", system, [PublishTable(TABLE.replace("{0}", "9999999"), "order", "first")]).ok
        assert run("workflow.publish", system, [PublishMap(SIZED)]).ok
        assert run("workflow.start", system, [StartMap("sized", order)]).ok
    browser = as_("manager")
    assert "0 differences" in browser.get("/maps/sized/try").content.decode()
    assert run("decisions.save_draft", shop.manager, [SaveTable("size", TABLE.replace("{0}", "0"), "order")]).ok
    page = browser.get("/maps/sized/try").content.decode()
    assert "0 differences" in page
    assert "Size of orders" in page
    page = browser.get("/maps/sized/try?table=size").content.decode()
    assert "more: Look at large ones" in page
    one = re.search(r'href="(/maps/sized/try/\d+\?table=size)"', page)
    assert "more: Look at large ones" in browser.get(one[1]).content.decode()


def test_from_a_table_it_is_one_press_to_its_trial_on_past_orders(as_, shop, order):
    trying._kept.clear()
    system = system_actor(shop.company)
    with clock.at(clock.now() - timedelta(hours=3)):
        assert run("decisions.publish", system, [PublishTable(TABLE.replace("{0}", "9999999"), "order", "first")]).ok
        assert run("workflow.publish", system, [PublishMap(SIZED)]).ok
        assert run("workflow.start", system, [StartMap("sized", order)]).ok
    browser = as_("manager")
    asked_by = '<a class="link" href="/maps/sized" title="How large?">Sized</a>'
    assert asked_by in browser.get("/rules/size").content.decode()
    address = "/maps/sized/try?version=1&amp;table=size"
    assert (
        f'<a class="btn" href="{address}" data-after-save>Try it</a>'
        in browser.get("/rules/size/edit").content.decode()
    )
    assert run("decisions.save_draft", shop.manager, [SaveTable("size", TABLE.replace("{0}", "0"), "order")]).ok
    assert "more: Look at large ones" in browser.get(unescape(address)).content.decode()
    another = SIZED.replace('"sized"', '"measured"').replace("Sized", "Measured")
    assert run("workflow.publish", system, [PublishMap(another)]).ok
    page = browser.get("/rules/size/edit").content.decode()
    assert all(
        f'href="/maps/{key}/try?version=1&amp;table=size" data-after-save>' in page for key in ("sized", "measured")
    )

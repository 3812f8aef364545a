"""Everyday work in a browser: starting something, deciding with two keys at most, and two people at the same item at once."""

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from installation import House
from playwright.sync_api import Page, expect

HEAD = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:o="https://orderway.org/bpmn/1">'
NEED = (
    f'{HEAD}<process id="need" name="A need" isExecutable="true" o:subject="matter" o:accountable="manager"><startEvent id="s"/>'
    '<userTask id="look" name="Look at the need" o:role="quality" o:due="P1D"><extensionElements><o:outcome name="yes" label="Good"/>'
    '<o:outcome name="back" label="Not so" sendsBack="true"/></extensionElements></userTask><exclusiveGateway id="g" default="gl"/>'
    '<endEvent id="e"/><sequenceFlow id="sl" sourceRef="s" targetRef="look"/><sequenceFlow id="lg" sourceRef="look" targetRef="g"/>'
    '<sequenceFlow id="gl" sourceRef="g" targetRef="look"/><sequenceFlow id="ge" sourceRef="g" targetRef="e"><conditionExpression>'
    'outcome = "yes"</conditionExpression></sequenceFlow></process></definitions>'
)


@pytest.fixture
def need(house: House) -> None:
    """The map of a need is published, once an installation."""
    if house.value("select count(*) from process_definition where key = 'need'"):
        return
    words = [sys.executable, "-m", "orderway.cli", "run", "workflow.publish", "--as", "administrator@kessler.example"]
    done = subprocess.run(
        words, input=json.dumps([{"xml": NEED}]), capture_output=True, text=True, env=house.env, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def begun(page: Page, name: str) -> None:
    """Start it from the start page, with words to whoever works on it."""
    page.goto("/start")
    page.get_by_role("link", name="Start A need").click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Instructions to everybody who works on it").fill("Ask Linde first.")
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    expect(page.get_by_text("Ask Linde first.")).to_be_visible()


def item_of(house: House, name: str) -> int:
    words = f"w.state = 'open' and m.title = '{name}'"
    found = house.value(
        f"select w.id from work_item w join matter m on w.subject_type = 'matter' and w.subject_id = m.id where {words}"  # noqa: S608
    )
    return int(str(found))


@pytest.mark.usefixtures("need")
def test_who_sends_back_without_a_reason_may_type_it_at_once(at_desk: Callable[[str], Page], house: House) -> None:
    begun(at_desk("warehouse"), "Ladder")
    page = at_desk("quality")
    page.goto(f"/work/{item_of(house, 'Ladder')}")
    expect(page.get_by_text("Ask Linde first.")).to_be_visible()
    page.keyboard.press("r")
    expect(page.get_by_label("Reason")).to_be_focused()
    expect(page.get_by_text("Say why.", exact=True)).to_be_visible()
    page.keyboard.type("Whose?")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_label("Reason")).to_have_value("Whose?")


@pytest.mark.usefixtures("need")
def test_a_clerk_starts_it_and_a_decision_takes_one_key(at_desk: Callable[[str], Page], house: House) -> None:
    begun(at_desk("warehouse"), "A fork lift")
    page = at_desk("quality")
    page.goto(f"/work/{item_of(house, 'A fork lift')}")
    expect(page.get_by_text("Ask Linde first.")).to_be_visible()
    keys = ["a"]
    assert len(keys) <= 2
    for key in keys:
        page.keyboard.press(key)
    expect(page.get_by_text("Look at the need: Good.")).to_be_visible()


@pytest.mark.usefixtures("need")
def test_of_two_who_approve_the_same_item_at_once_one_wins_and_the_other_is_told(
    at_desk: Callable[[str], Page], context: Callable[..., Any], house: House
) -> None:
    begun(at_desk("warehouse"), "Two pallets")
    item = item_of(house, "Two pallets")
    pages = [at_desk("quality"), at_desk("quality")]
    for page in pages:
        page.goto(f"/work/{item}")
        expect(page.get_by_role("heading", name="Look at the need")).to_be_visible()
    # both have it before their eyes; neither page waits for the other's answer
    pages[1].route("**/live/**", lambda route: route.abort())
    for page in pages:
        page.keyboard.press("a")
    told = [page.get_by_text("Look at the need: Good.").or_(page.get_by_text("was done already")) for page in pages]
    for one in told:
        expect(one.first).to_be_visible()
    won = [page.get_by_text("Look at the need: Good.").count() for page in pages]
    lost = [page.get_by_text("was done already").count() for page in pages]
    assert (sum(map(bool, won)), sum(map(bool, lost))) == (1, 1), (won, lost)
    told = f"name = 'work.completed' and data->>'work_item' = '{item}'"
    assert int(str(house.value(f"select count(*) from event where {told}"))) == 1  # noqa: S608 - words of this file


@pytest.mark.usefixtures("need")
def test_many_are_sent_back_in_one_act(at_desk: Callable[[str], Page], house: House) -> None:
    for name in ("Paint one", "Paint two"):
        begun(at_desk("warehouse"), name)
    page = at_desk("quality")
    page.goto("/work/table?map=need")
    for name in ("Paint one", "Paint two"):
        page.get_by_label(f"Select {name}").check()
    page.get_by_role("button", name="Send back").click()
    page.get_by_label("Reason").fill("Too dear")
    page.get_by_role("button", name="Send back, 2").click()
    expect(page.get_by_text("Send back: 2 done.")).to_be_visible()
    expect(page.get_by_text("Too dear")).to_have_count(2)


def test_the_newer_constructs_are_drawn_by_keyboard_and_their_properties_picked(
    at_desk: Callable[[str], Page], house: House
) -> None:
    page = at_desk("administrator")
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto("/maps/new")
    page.get_by_label("Name", exact=True).fill("Newer constructs")
    page.get_by_role("button", name="Begin to draw").click()
    page.wait_for_selector("[data-island=designer][data-ready]")
    canvas = page.locator("[data-canvas]")

    def add(key: str, name: str) -> None:
        page.keyboard.press(key)
        expect(page.get_by_label("Name", exact=True)).to_be_focused()
        page.keyboard.type(name)
        page.keyboard.press("Enter")
        expect(canvas).to_contain_text(name.split(" ", maxsplit=1)[0])

    add("g", "Vote on it")
    page.get_by_role("button", name="Decision to offer").click()
    page.keyboard.type("Yes")
    page.keyboard.press("Tab")
    expect(page.locator("#p-rounds")).to_have_value("once")
    expect(page.locator("#p-times")).to_have_value("3")
    page.locator("#p-enough").select_option(label="Yes")
    expect(page.locator("#p-enough-of")).to_have_value("2")
    page.locator("#p-accountable").select_option("quality")
    canvas.press("Escape")
    add("l", "Ask limits")
    expect(page.locator("#p-decision")).to_be_visible()
    canvas.press("Escape")
    add("v", "Every way")
    add("p", "Pack it")
    add("u", "It is late")
    page.locator("#p-escalation").fill("late")
    page.locator("#p-escalation").press("Enter")
    page.get_by_role("tab", name="All steps").click()
    page.locator("[data-steps] button").filter(has_text="Pack it").click()
    page.keyboard.press("Enter")
    add("o", "Tell all")
    page.locator("#p-signal").fill("packed")
    page.locator("#p-signal").press("Enter")
    add("f", "What first")
    add("i", "Hear it")
    page.locator("#p-signal").fill("packed")
    page.locator("#p-signal").press("Enter")
    canvas.press("Control+s")
    expect(page.locator("#saved")).to_contain_text("Saved")
    xml = page.request.get(page.url.replace("/edit", "/file").split("#")[0]).text()
    for text in (
        "bpmn:multiInstanceLoopCharacteristics", ">3<", "count_yes &gt;= 2", "bpmn:businessRuleTask", "bpmn:inclusiveGateway",
        "bpmn:subProcess", 'escalationCode="late"', "bpmn:eventBasedGateway", 'orderway:accountable="quality"',
    ):  # fmt: skip
        assert text in xml, f"{text} in {xml}"
    assert xml.count("bpmn:signalEventDefinition") == 2
    assert xml.count("<bpmn:signal ") == 1, "both mean the same one"
    assert wrong == []

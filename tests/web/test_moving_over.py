"""A map was changed: those on their way are moved over on its page, and moved back (OW-11)."""

import re

import pytest

from orderway.kernel.access import system_actor
from orderway.kernel.running import ask, run
from orderway.kernel.sql import fetch
from orderway.workflow.bpmn import read_map
from orderway.workflow.commands.draft import SaveDraft
from orderway.workflow.commands.proceed import StartMap
from orderway.workflow.commands.publish import PublishMap

PAGE = "/maps/third_look/move-over"


def drawing(step: str) -> str:
    return (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:o="https://orderway.org/bpmn/1">'
        '<process id="third_look" name="Third look" isExecutable="true" o:subject="order"><startEvent id="s"/>'
        f'<userTask id="{step}" name="Look twice" o:role="manager" o:due="P1D"><extensionElements><o:outcome name="good" label="Good"/>'
        f'</extensionElements></userTask><endEvent id="e"/><sequenceFlow id="a" sourceRef="s" targetRef="{step}"/>'
        f'<sequenceFlow id="b" sourceRef="{step}" targetRef="e"/></process></definitions>'
    )


def node(order: int) -> str:
    rows = fetch(
        "select t.node from token t join process_instance i on i.id = t.instance_id join process_definition d on d.id = i.definition_id"
        " where i.subject_id = %(id)s::bigint and d.key = 'third_look'",
        {"id": order},
    )
    return str(rows[0].node)


@pytest.fixture
def on_the_old(shop, order):
    """An order on a map that has changed since: its step has another id now."""
    system = system_actor(shop.company)
    assert run("workflow.publish", system, [PublishMap(drawing("look"))]).ok
    assert run("workflow.start", system, [StartMap("third_look", order)]).ok
    assert run("workflow.publish", system, [PublishMap(drawing("inspect"))]).ok
    return order


def test_they_are_moved_to_the_place_one_names_and_back(as_, on_the_old):
    browser = as_("administrator")
    assert PAGE in browser.get("/maps/third_look/versions").content.decode()
    page = browser.get(PAGE).content.decode()
    assert "Version 1, Look twice: 1" in page
    assert "has no such step" in page
    answer = browser.post(PAGE, {"place-1-look": "inspect"}, follow=True).content.decode()
    assert "1 goes on by the new version." in answer
    assert node(on_the_old) == "inspect"
    token = re.search(r'class="undo" name="token" value="(\d+)"', answer)
    browser.post("/undo", {"token": token[1]})
    assert node(on_the_old) == "look"


def test_those_that_nobody_placed_stay(as_, on_the_old):
    browser = as_("administrator")
    browser.post(PAGE, {"place-1-look": ""})
    assert node(on_the_old) == "look"


def test_a_manager_is_shown_no_way_there(as_, on_the_old):
    browser = as_("manager")
    assert PAGE not in browser.get("/maps/third_look/versions").content.decode()
    assert browser.get(PAGE).status_code == 403


def test_a_draft_in_which_nothing_changed_is_not_published_again(as_, shop):
    system = system_actor(shop.company)
    assert run("workflow.publish", system, [PublishMap(drawing("look"))]).ok
    key = read_map(drawing("look").encode())[0].id
    browser = as_("administrator")
    said = browser.get(f"/maps/{key}/publish", follow=True).content.decode()
    assert "There is no draft to publish" in said
    assert run("workflow.save_draft", system, [SaveDraft(key, drawing("look") + "\n")]).ok
    said = browser.post(f"/maps/{key}/publish", {"note": "again", "seen": "1"}, follow=True).content.decode()
    assert "Nothing has changed since version 1" in said
    assert len(ask("workflow.versions", system, map=key)) == 1

"""Steps of one's own have a name and an icon: on the palette of the drawing page and in the control centre (CF-56)."""

import html
import json
import re
from pathlib import Path
from typing import Any

import pytest

import orderway.web
from orderway.web.drawing_words import STEPS
from orderway.web.own_steps import ICONS, PLAIN
from orderway.workflow.palette import on_palette, own_steps

MAP = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:o="https://orderway.org/bpmn/1">'
    '<process id="own" name="Own" isExecutable="true" o:subject="order"><startEvent id="s"/><endEvent id="e"/>'
    '<sequenceFlow id="f" sourceRef="s" targetRef="e"/></process></definitions>'
)


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two commands under names of their own, one of them with an icon that nobody has; a name for what is no command."""
    for name in list(own_steps):
        monkeypatch.delitem(own_steps, name)
    on_palette("orders.comment", "Note it down", icon="truck", de="Aufschreiben")
    on_palette("orders.copy", "Once again", icon="no-such-icon")
    on_palette("mill.gone", "Gone", icon="truck")


def text(answer: Any) -> str:
    assert answer.status_code == 200, answer
    return html.unescape(answer.content.decode())


def offered(page: str, step: str) -> str:
    """The entry of the palette that adds a step."""
    (entry,) = re.findall(rf'<(?:button|li)[^>]*"step:{step}".*?</(?:button|li)>', page, re.S)
    return str(entry)


def test_a_step_of_ones_own_stands_on_the_palette_with_its_name_and_icon(as_: Any, steps: None) -> None:
    browser = as_("administrator")
    assert browser.post("/maps/own/save", {"xml": MAP, "seen": "0"}).status_code == 200
    page = text(browser.get("/maps/own/edit"))
    assert "Note it down" in offered(page, "orders.comment")
    assert "#truck" in offered(page, "orders.comment")
    assert f"#{PLAIN}" in offered(page, "orders.copy")
    assert "Gone" not in page
    raw = browser.get("/maps/own/edit").content.decode()
    parts = json.loads(html.unescape(re.findall(r'data-parts="([^"]*)"', raw)[0]))
    assert parts["steps"]["orders.comment"]["label"] == "Note it down"
    assert parts["steps"]["orders.copy"]["known"]


def test_the_control_centre_lists_them_and_says_where_an_icon_is_missing(as_: Any, steps: None) -> None:
    page = text(as_("administrator").get("/control"))
    assert "Note it down" in page
    assert "no icon “no-such-icon”" in page
    assert "Gone" not in page
    assert "Aufschreiben" in text(as_("administrator", "de").get("/control"))


def test_a_name_is_given_once_and_every_icon_is_in_the_sprite(steps: None) -> None:
    with pytest.raises(ValueError, match="already"):
        on_palette("orders.comment", "Another name")
    sprite = set((Path(orderway.web.__file__).parent / "assets" / "icons.txt").read_text("utf-8").split())
    assert sprite >= ICONS
    assert sprite >= {step.icon for step in STEPS.values()}

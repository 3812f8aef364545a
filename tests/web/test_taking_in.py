"""Files of other tools come in as drafts, and a draft that somebody draws on is never written over."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from test_rule_pages import TABLE, drawn

RETURNS = {"subject": "order", "template": "returns"}


@pytest.fixture
def florian(as_: Any) -> Iterator[Any]:
    return as_("administrator")


def text(response: Any) -> str:
    return str(response.content.decode())


def give(browser: Any, page: str, content: str) -> Any:
    return browser.post(page, {"file": SimpleUploadedFile("a.xml", content.encode()), "subject": "order"})


def test_a_table_that_is_drawn_on_is_not_written_over_by_a_file_or_a_new_one(florian: Any) -> None:
    assert give(florian, "/rules/new", TABLE)["Location"] == "/rules/approval/edit"
    refused = give(florian, "/rules/new", drawn(("-", '"board"')))
    assert refused.status_code == 422
    assert "There is a draft of that name already. Saved" in text(refused)
    assert "Publish it or throw it away first" in text(refused)
    again = florian.post("/rules/new", {"name": "Approval", "subject": "order"})
    assert "give this one another name" in text(again)
    assert text(florian.get("/rules/approval/file")) == TABLE


def test_a_map_comes_back_from_another_tool_as_a_draft_on_its_version(florian: Any) -> None:
    assert florian.post("/maps/new", {"name": "Goods back", **RETURNS})["Location"] == "/maps/goods_back/edit"
    began = text(florian.get("/maps/goods_back/file"))
    assert "give this one another name" in text(florian.post("/maps/new", {"name": "Goods back", **RETURNS}))
    assert "Publish it or throw it away first" in text(give(florian, "/maps/new", began))
    florian.post("/maps/goods_back/publish", {"note": "As it came", "seen": "1"})
    changed = began.replace('name="Goods back"', 'name="What comes back"')
    assert give(florian, "/maps/new", changed)["Location"] == "/maps/goods_back/edit"
    assert text(florian.get("/maps/goods_back/file")) == changed
    taken = florian.post("/maps/new", {"name": "Goods back", **RETURNS})
    assert taken.status_code == 422


def test_the_page_says_whether_a_version_or_a_draft_on_it_is_drawn_on(florian: Any) -> None:
    florian.post("/maps/new", {"name": "Goods back", **RETURNS})
    assert 'id="standing" data-word-draft="Draft">Draft</span>' in text(florian.get("/maps/goods_back/edit"))
    florian.post("/maps/goods_back/publish", {"note": "As it came", "seen": "1"})
    assert 'on version 1">Version 1</span>' in text(florian.get("/maps/goods_back/edit"))
    xml = text(florian.get("/maps/goods_back/file"))
    florian.post("/maps/goods_back/save", {"xml": xml.replace('name="Goods back"', 'name="Back"'), "seen": "0"})
    assert 'on version 1">Draft on version 1</span>' in text(florian.get("/maps/goods_back/edit"))

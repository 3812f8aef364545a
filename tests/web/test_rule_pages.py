"""The pages of tables: the list, one table with a value set tried on it, drawing, files in and out, publishing."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from orderway.decisions.commands import DecideOn, PublishTable
from orderway.kernel.running import ask, run

SPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def drawn(*rules: tuple[str, str], key: str = "approval", policy: str = "FIRST") -> str:
    rows = "".join(
        f"<rule><inputEntry><text><![CDATA[{when}]]></text></inputEntry><outputEntry><text>{then}</text></outputEntry></rule>"
        for when, then in rules
    )
    return (
        f'<definitions xmlns="{SPACE}" namespace="urn:x" name="x"><decision id="{key}" name="Who approves"><decisionTable '
        f'hitPolicy="{policy}"><input label="Net total"><inputExpression typeRef="number"><text>net</text></inputExpression></input>'
        f'<output name="role" typeRef="string"/>{rows}</decisionTable></decision></definitions>'
    )


TABLE = drawn(("< 1000", '"nobody"'), ("-", '"manager"'))


@pytest.fixture
def published(shop: Any) -> str:
    assert run("decisions.publish", shop.administrator, [PublishTable(TABLE, "order", "The new limits")]).ok
    return TABLE


def text(response: Any) -> str:
    return str(response.content.decode())


def test_the_list_says_who_published_what_and_why(as_: Any, shop: Any, published: str) -> None:
    browser = as_("manager")
    page = text(browser.get("/rules"))
    for told in ("Who approves", "The new limits", shop.administrator.name, "/rules/approval"):
        assert told in page
    assert "Who approves" in text(browser.get("/rules?q=approves"))
    assert "No table here" in text(browser.get("/rules?q=somethingelse"))


def test_values_set_by_hand_show_the_rule_that_hits(as_: Any, published: str) -> None:
    browser = as_("manager")
    page = text(browser.get("/rules/approval?try=1&net=1,000"))
    assert "<b>manager</b>" in page
    assert page.count("hits</") == 1
    assert "<b>nobody</b>" in text(browser.get("/rules/approval?try=1&net=999"))
    assert "cannot be read" in text(browser.get("/rules/approval?try=1&net=much"))


def test_an_older_version_is_still_there_with_its_file(as_: Any, shop: Any, published: str) -> None:
    run("decisions.publish", shop.administrator, [PublishTable(drawn(("-", '"board"')), "order", "All to the board")])
    browser = as_("manager")
    assert "board" in text(browser.get("/rules/approval"))
    old = text(browser.get("/rules/approval?version=1"))
    assert "This is an older version" in old
    assert "nobody" in old
    file = browser.get("/rules/approval/versions/1/file?download=1")
    assert text(file) == TABLE
    assert file["Content-Disposition"] == 'attachment; filename="approval.dmn"'


def test_a_table_is_begun_mended_and_published_on_its_pages(as_: Any) -> None:
    browser = as_("administrator")
    begun = browser.post("/rules/new", {"name": "Who packs", "subject": "order"})
    assert begun["Location"] == "/rules/who_packs/edit"
    assert 'data-island="table-editor"' in text(browser.get("/rules/who_packs/edit"))
    broken = drawn(("< < 1", '"a"'), key="who_packs")
    saved = browser.post("/rules/who_packs/save", {"xml": broken, "subject": "order", "seen": "1"})
    assert saved.json()["revision"] == 2
    told = browser.post("/rules/problems", {"xml": broken, "subject": "order"}).json()
    assert [(one["code"], one["rule"], one["column"]) for one in told["problems"]] == [("unreadable", 1, 1)]
    refused = browser.post("/rules/who_packs/publish", {"why": "now", "seen": "2"})
    assert refused.status_code == 422
    late = browser.post("/rules/who_packs/save", {"xml": TABLE, "subject": "order", "seen": "1"})
    assert late.status_code == 409
    good = drawn(("-", '"a"'), key="who_packs")
    browser.post("/rules/who_packs/save", {"xml": good, "subject": "order", "seen": "2"})
    assert browser.post("/rules/who_packs/publish", {"why": "now", "seen": "3"})["Location"] == "/rules/who_packs"
    assert text(browser.get("/rules/who_packs/versions/1/file")) == good


def test_a_draft_in_which_nothing_changed_is_not_published_again(as_: Any, shop: Any, published: str) -> None:
    browser, page = as_("administrator"), "/rules/approval/publish"
    assert "There is no draft to publish" in text(browser.get(page, follow=True))
    browser.post("/rules/approval/save", {"xml": published + "\n", "subject": "order", "seen": "0"})
    said = text(browser.post(page, {"why": "again", "seen": "1"}, follow=True))
    assert "Nothing has changed since version 1" in said
    assert len(ask("decisions.table", shop.administrator, key="approval").versions) == 1


def test_what_is_drawn_is_tried_before_it_is_published(as_: Any, shop: Any) -> None:
    browser = as_("administrator")
    tried = browser.post("/rules/try", {"xml": TABLE, "subject": "order", "net": "1,500.50"}).json()
    assert (tried["answer"], tried["rules"]) == ("manager", [2])
    assert ask("decisions.tables", shop.manager) == []


def test_a_file_of_another_tool_becomes_the_draft_byte_for_byte(as_: Any, published: str) -> None:
    browser = as_("administrator")
    other = drawn(("-", '"board"')).replace("20191111", "20230324")
    taken = browser.post("/rules/new", {"file": SimpleUploadedFile("a.dmn", other.encode()), "subject": "order"})
    assert taken["Location"] == "/rules/approval/edit"
    assert text(browser.get("/rules/approval/file")) == other
    assert "nobody" in text(browser.get("/rules/approval"))
    none = browser.post("/rules/new", {"file": SimpleUploadedFile("a.dmn", b"<html/>"), "subject": "order"})
    assert none.status_code == 422
    thrown = browser.post("/rules/approval/discard", {})
    assert thrown["Location"] == "/rules"
    assert text(browser.get("/rules/approval/file")) == TABLE


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"<html/>", "sie ist kein DMN, sondern beginnt mit html; exportieren Sie sie als DMN"),
        (b"no file at all", "sie ist kein lesbares XML"),
    ],
)
def test_why_a_file_is_no_table_is_told_in_the_readers_language(as_: Any, shop: Any, content: bytes, why: str) -> None:
    form = {"file": SimpleUploadedFile("a.dmn", content), "subject": "order"}
    answer = as_("administrator", "de").post("/rules/new", form)
    assert answer.status_code == 422
    assert why in answer.content.decode()


def test_whoever_may_not_draw_reads_only(as_: Any, shop: Any, published: str) -> None:
    reader = as_("warehouse")
    assert "nobody" in text(reader.get("/rules/approval"))
    assert reader.get("/rules/approval/edit").status_code == 403
    assert reader.post("/rules/problems", {"xml": TABLE, "subject": "order"}).status_code == 403


def test_the_page_says_how_often_each_rule_fired_in_a_period(as_: Any, shop: Any, order: int, published: str) -> None:
    browser = as_("manager")
    assert "Nothing was decided by this version" in text(browser.get("/rules/approval"))
    assert run("decisions.decide", shop.manager, [DecideOn(order, "approval")]).ok
    assert run("decisions.decide", shop.manager, [DecideOn(order, "approval")]).ok
    page = text(browser.get("/rules/approval"))
    assert "2 were decided in these days." in page
    assert re.findall(r'title="Fired">(\d)</td>', page) == ["2", "0"]
    assert "Nothing was decided" in text(browser.get("/rules/approval?since=2001-01-01&until=2001-01-31"))
    assert "2 were decided" in text(browser.get("/rules/approval?since=&until="))
    assert browser.get("/rules/approval?since=nonsense&until=9999-12-31").status_code == 200

"""A table is drawn in its editor by keyboard, told what is wrong where, tried, saved by itself and published."""

from collections.abc import Callable
from typing import Any

import pytest
from lived_in import EVERYBODY
from playwright.sync_api import BrowserContext, Page, expect


@pytest.fixture
def drawing(signed_in: Callable[..., BrowserContext]) -> Page:
    return signed_in(EVERYBODY).new_page()


def ready(page: Page) -> None:
    page.wait_for_selector("[data-island=table-editor][data-ready]")


def cells(page: Page) -> list[str]:
    return [text.strip() for text in page.locator("tbody td.input-cell, tbody td.output-cell").all_inner_texts()]


def begin(page: Page, name: str) -> None:
    page.goto("/rules/new")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name="Begin to draw").click()
    ready(page)


def test_a_table_is_drawn_by_keyboard_tried_and_published(drawing: Page) -> None:
    page = drawing
    begin(page, "Who looks at it")
    page.locator("tbody td.input-cell [contenteditable]").first.focus()
    page.keyboard.type("< 1000")
    page.locator("tbody td.output-cell [contenteditable]").first.focus()
    page.keyboard.press("Control+a")
    page.keyboard.type('"nobody"')
    expect(page.locator("[data-problems]")).to_contain_text("No rule for")
    page.get_by_role("tab", name="Try values").press("Enter")
    expect(page.locator("[data-try] .field:visible")).to_have_count(1)  # what the table asks for, nothing else
    page.get_by_label("Net value").fill("999")
    page.keyboard.press("Enter")
    expect(page.locator("[data-answer]")).to_have_text("nobody")
    expect(page.locator("tbody tr.hits")).to_have_count(1)
    page.keyboard.press("Control+s")
    expect(page.locator("#saved")).to_contain_text("Saved")
    page.get_by_role("link", name="Publish").click()
    page.get_by_label("What changed and why").fill("small ones go by")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Who looks at it")
    expect(page.locator("#main")).to_contain_text("small ones go by")


def test_the_cell_that_cannot_be_read_is_marked_and_undone(drawing: Page) -> None:
    page = drawing
    begin(page, "Who mends it")
    page.locator("tbody td.input-cell [contenteditable]").first.focus()
    page.keyboard.type("> > 1")
    expect(page.locator("tbody td.has-error")).to_have_count(1)
    page.get_by_role("button", name="Rule 1, column 1").press("Enter")
    expect(page.locator("tbody td.input-cell [contenteditable]").first).to_be_focused()
    page.locator("body").evaluate("() => document.activeElement.blur()")
    while page.locator("[data-act=undo]").is_enabled():
        page.locator("[data-act=undo]").click()
    expect(page.locator("tbody td.has-error")).to_have_count(0)


def test_a_fact_becomes_a_condition_and_a_file_keeps_its_version(drawing: Page) -> None:
    page = drawing
    page.goto("/rules/approval/edit")
    ready(page)
    before = cells(page)
    page.get_by_role("tab", name="Facts").press("Enter")
    page.locator("[data-fact=channel]").press("Enter")
    expect(page.locator("thead th.input-cell")).to_have_count(3)
    assert [cell for cell in cells(page) if cell not in ("", "-")] == [cell for cell in before if cell not in ("", "-")]
    page.keyboard.press("Control+s")
    expect(page.locator("#saved")).to_contain_text("Saved")
    file: Any = page.request.get("/rules/approval/file").text()
    assert "DMN/20230324/MODEL" in file
    assert "channel" in file


def test_texts_are_written_as_people_write_and_columns_told_in_words(drawing: Page) -> None:
    page = drawing
    begin(page, "How it is packed")
    expect(page.locator("thead .input-variable")).to_have_text("number")
    expect(page.locator("thead .output-variable")).to_have_text("text")
    page.get_by_role("tab", name="Facts").click()
    page.locator("[data-fact=country]").click()
    page.locator("tbody td.input-cell [contenteditable]").last.focus()
    page.keyboard.type("AT, CH")
    page.locator("tbody td.output-cell [contenteditable]").first.focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("parcel")  # the editor knows a function whose letters are in it
    page.keyboard.press("Enter")
    expect(page.locator("tbody td.output-cell").first).to_have_text('"parcel"')
    page.locator("thead th.output-cell").get_by_role("button", name="Change the answer").click()
    expect(page.get_by_label("Type", exact=True)).to_have_value("text")
    page.get_by_label("Type", exact=True).click()
    page.locator(".dms-select-options").get_by_text("number", exact=True).click()
    expect(page.locator("thead .output-variable")).to_have_text("number")
    page.get_by_label("Type", exact=True).click()
    page.locator(".dms-select-options").get_by_text("text", exact=True).click()
    page.get_by_label("Name of the answer").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("packing")
    page.keyboard.press("Escape")
    expect(page.locator("thead .output-name")).to_have_text("packing")
    page.locator("tbody td.output-cell [contenteditable]").first.focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("two parcels")
    page.keyboard.press("Control+s")
    expect(page.locator("#saved")).to_contain_text("Saved")
    file = page.request.get("/rules/how_it_is_packed/file").text().replace("&#34;", '"').replace("&quot;", '"')
    assert '"AT", "CH"' in file
    assert '"two parcels"' in file
    assert 'name="packing"' in file

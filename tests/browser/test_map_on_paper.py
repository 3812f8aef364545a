"""The live map with its heat, what happened on it by keyboard, and the map on one sheet of paper."""

from collections.abc import Callable

import pypdfium2
from playwright.sync_api import Page, expect


def test_heat_leads_to_what_stands_there_and_to_what_happened(at_desk: Callable[..., Page]) -> None:
    page = at_desk("manager")
    page.goto("/maps/trade_order")
    page.wait_for_selector(".map[data-ready]")
    hottest = page.locator(".map .heat-5")
    expect(hottest).to_have_count(1)
    expect(page.locator(".heat-legend li")).to_have_count(5)
    page.get_by_role("link", name="Who waits on whom").click()
    expect(page.get_by_role("columnheader", name="On whom")).to_be_visible()
    page.keyboard.press("w")
    expect(page.get_by_role("heading", name="Trade order: what happened")).to_be_visible()
    page.get_by_role("link", name="Ways", exact=True).click()
    expect(page.get_by_role("columnheader", name="Nine of ten at most")).to_be_visible()


def test_the_map_is_one_sheet_of_paper(at_desk: Callable[..., Page]) -> None:
    page = at_desk("manager")
    for map_ in ("trade_order", "print_order"):
        page.goto(f"/maps/{map_}/print")
        page.wait_for_selector(".map[data-ready]")
        paper = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True, print_background=True))
        assert len(paper) == 1, map_
        assert [round(side) for side in paper[0].get_size()] == [842, 595], "A4 across"
        text = paper[0].get_textpage().get_text_bounded()
        assert "Waiting together" in text
        assert "Version 1, as of" in text
        assert "Zoom" not in text

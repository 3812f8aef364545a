"""The keyboard alone: signing in, Ctrl-K to an order, and J, K and Enter through a list; and what pointing tells."""

import re
from collections.abc import Callable
from typing import Any

from lived_in import PASSWORD
from playwright.sync_api import Page, expect


def test_signing_in_needs_no_mouse(context: Callable[..., Any]) -> None:
    page = context().new_page()
    page.goto("/stock")  # asks who it is first, and then goes on there
    expect(page.get_by_label("Mail address")).to_be_focused()
    page.keyboard.type("warehouse@kessler.example")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Stock")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_ctrl_k_finds_an_order_by_its_reference_and_opens_it(at_desk: Callable[[str], Page]) -> None:
    page = at_desk("manager")
    page.keyboard.press("Control+k")
    page.keyboard.type("OBT-12")
    hit = page.get_by_role("option").filter(has_text="Buchhandlung am Obertor")
    expect(hit).to_have_count(1)
    expect(hit).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.get_by_text("their ref. “OBT-12”")).to_be_visible()
    page.keyboard.press("Control+k")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_ctrl_k_knows_commands_by_name(at_desk: Callable[[str], Page]) -> None:
    page = at_desk("manager")
    page.keyboard.press("Control+k")
    page.keyboard.type("new order")
    expect(page.get_by_role("option").first).to_contain_text("New order")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("New order")


def test_j_k_and_enter_go_through_a_list(at_desk: Callable[[str], Page]) -> None:
    page = at_desk("manager")
    page.goto("/orders")
    numbers = page.locator("[data-row] a").all_inner_texts()
    for _ in range(3):
        page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.locator("[data-row].cursor")).to_contain_text(numbers[1])
    page.keyboard.press("x")
    expect(page.locator("[data-row].cursor input[name=id]")).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(numbers[1])


def test_j_opens_the_next_input_beside_the_list(at_desk: Callable[[str], Page]) -> None:
    page = at_desk("manager")
    page.goto("/inbox")
    page.keyboard.press("j")
    second = page.locator("#items .item").nth(1)
    expect(second).to_have_attribute("aria-current", "true")
    name = second.locator("small").first.inner_text()
    expect(page.get_by_role("region", name="What came in").get_by_role("heading", level=2)).to_have_text(name)


def test_what_a_list_cuts_off_is_told_whole_to_whoever_points_at_it(at_desk: Callable[[str], Page]) -> None:
    page = at_desk("manager")
    page.set_viewport_size({"width": 900, "height": 700})
    page.goto("/orders")
    customer = page.locator("td.cut", has_text="Buchhandlung am Obertor").first
    customer.hover()
    expect(customer).to_have_attribute("title", "Buchhandlung am Obertor")
    page.set_viewport_size({"width": 2400, "height": 700})
    page.reload()
    customer.hover()
    expect(customer).not_to_have_attribute("title", re.compile("."))


def test_a_form_that_comes_back_begins_where_something_is_wrong(at_desk: Callable[[str], Page]) -> None:
    page = at_desk("manager")
    page.goto("/customers/new")
    page.get_by_label("Name", exact=True).fill("Wrong")
    page.get_by_label("Credit limit").fill("much")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_label("Credit limit")).to_be_focused()

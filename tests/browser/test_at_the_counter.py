"""Selling over the counter as somebody does it who stands there all day."""

from collections.abc import Callable

from playwright.sync_api import Page, ViewportSize, expect
from test_counted_acts import Acts


def _named(page: Page) -> None:
    """Somebody stands for those who walk in."""
    page.goto("/counter/customer")
    page.get_by_label("Customer", exact=True).fill("10001")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/counter")


def test_a_sale_takes_a_scan_the_money_and_one_key(at_desk: Callable[[str], Page]) -> None:
    page = at_desk("manager")
    _named(page)
    expect(page.get_by_label("1, Item")).to_be_focused()
    acts = Acts(page)
    acts.type("PAP-A4-80")
    expect(page.locator("#till-sum")).to_contain_text("€5.83")
    acts.press("Control+g")
    acts.type("10")
    expect(page.locator("#till-sum")).to_contain_text("Change €4.17")
    acts.press("Control+Enter")
    expect(page.locator("#sold")).to_contain_text("Sold for €5.83. Given €10.00, change €4.17.")
    assert len(acts.done) <= 4
    expect(page.get_by_label("1, Item")).to_be_focused()  # for the next in the queue


def test_on_a_phone_the_buttons_of_a_long_form_stand_below_it(at_desk: Callable[[str], Page]) -> None:
    page = at_desk("manager")
    page.set_viewport_size(ViewportSize(width=360, height=740))
    page.goto("/orders/new")
    for _ in range(4):
        page.locator("input[data-field=item]").last.fill("PAP-A4-80")
    buttons, form = page.locator("#form .actionbar"), page.locator("#form .form-page")
    page.locator("#main").evaluate("main => main.scrollTo(0, main.scrollHeight)")
    end, begin = form.bounding_box(), buttons.bounding_box()
    assert end
    assert begin
    assert begin["y"] >= end["y"] + end["height"] - 1

"""A map was changed while a thousand orders were on their way: they are moved over on its page, and moved back (OW-11)."""

from collections.abc import Callable

from crowd import ADMINISTRATOR, KEY
from installation import House
from playwright.sync_api import BrowserContext, expect
from signing_at_the_door import sign_in


def test_a_thousand_orders_are_moved_over_and_moved_back(context: Callable[..., BrowserContext], house: House) -> None:
    house.run("crowd.py")
    page = context().new_page()
    sign_in(page, ADMINISTRATOR)
    page.goto(f"/maps/{KEY}/versions")
    page.get_by_role("link", name="Move over").click()
    page.get_by_label("Version 1, Check goods: 1000").select_option("Inspect goods")
    page.get_by_role("button", name="Move over").click()
    expect(page.get_by_text("1000 go on by the new version.")).to_be_visible()
    other = page.context.new_page()
    other.goto(f"/maps/{KEY}/move-over")
    expect(other.get_by_text("Everything on this map goes by its latest version.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Undo")).to_be_hidden()
    other.reload()
    expect(other.get_by_label("Version 1, Check goods: 1000")).to_be_visible()

"""A trial of many orders: its page is there at once, tells how far it is, and ends with the answer or when somebody leaves."""

from collections.abc import Callable

import pytest
from crowd import ADMINISTRATOR
from installation import House
from playwright.sync_api import BrowserContext, Page, expect
from signing_at_the_door import sign_in
from tried_crowd import KEY, ORDERS

# every word that the page says of its progress, and every place of the bar; it watches before the page is there
WATCH = """
window.told = [];
new MutationObserver(() => {
  const bar = document.querySelector('#main progress'), words = document.querySelector('#main [data-words]');
  if (bar && words?.textContent) window.told.push([bar.value, words.textContent]);
}).observe(document, {subtree: true, childList: true, attributes: true, characterData: true});
"""


@pytest.fixture
def boss(context: Callable[..., BrowserContext], house: House) -> Page:
    if not house.value(f"select count(*) from process_definition where key = '{KEY}'"):  # noqa: S608 - a word of this folder
        house.run("tried_crowd.py")
    page = context().new_page()
    sign_in(page, ADMINISTRATOR)
    return page


def test_the_page_tells_how_far_it_is_until_the_answer_takes_its_place(boss: Page) -> None:
    wrong: list[str] = []
    boss.on("pageerror", lambda error: wrong.append(str(error)))
    boss.add_init_script(WATCH)
    boss.goto(f"/maps/{KEY}/versions", wait_until="commit")
    boss.goto(f"/maps/{KEY}/try?version=2", wait_until="commit")
    expect(boss.get_by_role("progressbar")).to_be_visible(timeout=3_000)
    expect(boss.get_by_text(f"{ORDERS} tried in")).to_be_visible()
    expect(boss.get_by_role("progressbar")).to_have_count(0)
    expect(boss.locator("[data-island=map][data-ready] .djs-shape").first).to_be_visible()
    told = dict(boss.evaluate("window.told"))
    assert list(told) == sorted(told)
    assert set(told) <= {150, 300, 450}
    assert len(told) >= 2
    assert all(words.startswith(f"{place:.0f} of {ORDERS}, about ") for place, words in told.items())
    expect(boss.get_by_text("more: Inspect goods").first).to_be_visible()
    assert wrong == []


def test_who_stops_it_is_back_at_the_map_and_nothing_goes_on(boss: Page) -> None:
    boss.goto(f"/maps/{KEY}/try?version=1&again=1", wait_until="commit")
    expect(boss.get_by_role("progressbar")).to_be_visible()
    while not boss.url.endswith(f"/maps/{KEY}") and boss.get_by_role("progressbar").count():
        boss.keyboard.press("s")  # again where the page did not listen to keys yet
        boss.wait_for_timeout(100)
    boss.wait_for_url(f"**/maps/{KEY}")
    expect(boss.get_by_role("heading", level=1)).to_have_text("Counter sale")

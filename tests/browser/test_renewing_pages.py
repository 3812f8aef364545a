"""Lists renew themselves while they are looked at, whatever the moment in which something happens."""

import re
from collections.abc import Callable

from installation import House
from playwright.sync_api import APIResponse, Page, Route, expect


def _upload(page: Page, name: str) -> None:
    page.goto("/inbox")
    page.get_by_role("link", name="Upload files").click()
    page.get_by_label("Drag files here, or click to choose").set_input_files(
        {"name": name, "mimeType": "text/plain", "buffer": f"Please call me about {name}".encode()}
    )
    page.get_by_role("button", name="Take in").click()
    expect(page.get_by_text("Taken in.")).to_be_visible()


def _ordered(page: Page) -> None:
    page.goto("/orders/new")
    page.get_by_label("Customer", exact=True).fill("20100 Buchhandlung am Obertor")
    page.locator("input[data-field=item]").first.fill("LETTER-A4")
    page.locator("input[data-field=quantity]").first.fill("500")
    page.locator("input[data-field=quantity]").first.press("Enter")
    expect(page.get_by_text("Letterhead A4 2/0")).to_be_visible()
    page.get_by_role("button", name="Place the order").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("26-")


def test_what_happens_before_the_page_begins_to_listen_is_not_missed(
    at_desk: Callable[[str], Page], house: House
) -> None:
    """The page is there, its first question for news is still under way, and a file comes in."""
    watching, other = at_desk("manager"), at_desk("manager")
    held: list[Route] = []
    happened: list[str] = []
    watching.route("**/live?*", lambda route: route.continue_() if happened else held.append(route))
    watching.goto("/inbox")
    _upload(other, "between-two-looks.txt")
    house.settle()
    other.wait_for_timeout(2_000)  # the server has looked for news meanwhile
    happened.append("between-two-looks.txt")
    for route in held:
        route.continue_()
    expect(watching.locator("#items")).to_contain_text("between-two-looks.txt", timeout=15_000)


def test_what_happens_while_the_list_is_fetched_is_not_missed(at_desk: Callable[[str], Page], house: House) -> None:
    """The list renews itself, its answer is slow, and one more file comes in before it is there."""
    watching, other = at_desk("manager"), at_desk("manager")
    watching.goto("/inbox")
    first, told = "first-of-two.txt", list[str]()
    slow: list[tuple[Route, APIResponse]] = []  # the answers to every question until the first file was told

    def fetched(route: Route) -> None:
        if first in told:
            route.continue_()
        else:
            slow.append((route, route.fetch()))

    watching.route("**/inbox", fetched)
    _upload(other, first)
    house.settle()
    watching.wait_for_timeout(5_000)  # the page hears of it meanwhile
    told.append(first)
    _upload(other, "second-of-two.txt")
    house.settle()
    watching.wait_for_timeout(5_000)
    for route, answer in slow:
        route.fulfill(response=answer)
    expect(watching.locator("#items")).to_contain_text("second-of-two.txt", timeout=15_000)


def test_a_second_tab_hears_through_the_first(at_desk: Callable[[str], Page]) -> None:
    first = at_desk("manager")
    first.goto("/inbox")
    second = first.context.new_page()
    second.goto("/inbox")
    _upload(at_desk("manager"), "for-both-tabs.txt")
    expect(second.locator("#items")).to_contain_text("for-both-tabs.txt", timeout=15_000)


def test_a_work_list_shows_what_a_map_opens_for_others(at_desk: Callable[[str], Page], house: House) -> None:
    """Somebody looks at the work list while an order is placed whose map asks for its form."""
    watching, other = at_desk("manager"), at_desk("manager")
    watching.goto("/work")
    before = watching.locator("#items .item").count()
    watching.wait_for_timeout(3_000)  # the page has asked for news, and has been told all there was
    _ordered(other)
    house.settle()
    expect(watching.locator("#items .item")).to_have_count(before + 1, timeout=15_000)


def test_a_click_is_not_lost_when_the_list_renews_itself(at_desk: Callable[[str], Page], house: House) -> None:
    """An item is clicked, its page is slow, and the list hears of something new before it is there."""
    watching, other = at_desk("manager"), at_desk("manager")
    _ordered(other)
    house.settle()
    watching.goto("/work")
    watching.wait_for_timeout(3_000)
    clicked: list[Route] = []
    watching.route(re.compile(r"/work/\d+"), lambda route: clicked.append(route))  # noqa: PLW0108 - it looks at the parameters
    watching.locator("#items .item").last.click()
    _ordered(other)
    house.settle()
    watching.wait_for_timeout(5_000)  # the list hears of it meanwhile
    for route in clicked:
        route.continue_()
    expect(watching).to_have_url(re.compile(r"/work/\d+"))

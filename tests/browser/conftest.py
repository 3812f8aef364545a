"""A real browser on a real installation. Everything the tests know, they know from the screen."""

from collections.abc import Callable, Generator, Iterator
from typing import Any

import pytest
from installation import CHROMIUM, House
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from signing_at_the_door import sign_in

ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
DESK = {"width": 1440, "height": 900}
WAIT = 30_000.0  # milliseconds; other work may hold the processors
expect.set_options(timeout=WAIT)


@pytest.fixture(scope="session")
def house() -> Iterator[House]:
    """The installation, one a test process."""
    if not CHROMIUM:
        pytest.skip("no Chromium on this machine: the browser tests need the Debian package chromium")
    house = House()
    house.settle()  # the papers of the demo month are printed before anybody waits for one of their own
    yield house
    house.stop()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A story that fails tells what the installation behind the screen was doing."""
    report = yield
    house = getattr(item, "funcargs", {}).get("house")
    if report.failed and house is not None:
        report.sections.append(("the installation", house.state()))
    return report


@pytest.fixture(scope="module")
def browser(house: House) -> Iterator[Browser]:
    """Chromium. It ends with its file, because Playwright's event loop keeps others from the database meanwhile."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser, house: House) -> Iterator[Callable[..., BrowserContext]]:
    """Makes browser windows that share nothing."""
    opened: list[BrowserContext] = []

    def make(**more: Any) -> BrowserContext:
        made = browser.new_context(base_url=house.url, **{"viewport": DESK, **more})
        made.set_default_timeout(WAIT)
        opened.append(made)
        return made

    yield make
    for one in opened:
        one.close()


@pytest.fixture
def at_desk(context: Callable[..., BrowserContext]) -> Callable[..., Page]:
    """The page of a person of the shop who has signed in: `at_desk("manager")`."""

    def seated(role: str, **more: Any) -> Page:
        page = context(**more).new_page()
        sign_in(page, f"{role}@kessler.example")
        return page

    return seated

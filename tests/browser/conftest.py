"""A real browser on a real installation. Everything the tests know, they know from the screen.

Each test process starts one installation, one Chromium and one window a person, when its first browser story needs them, and
stops them after its last one: starting costs some ten seconds of a processor. The stories share what they leave behind, in any
order. So a story finds its own things by names of its own (never "the only order", never "the first item"), and does not change
what others rest on: passwords, roles, the shipped maps. A story that must, as test_moving_orders does, works in the
neighbouring company; one that stops processes or wants an empty installation starts its own (`House()`, tests/crash).

Nobody signs in twice: `at_desk` and `signed_in` go through the form for the first window of a person and take its cookies for
the stories after it. A story about signing in uses `context` and the form.
"""

from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from installation import CHROMIUM, House
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright
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


class Open:
    """What stands while one browser story follows another, in this process."""

    def __init__(self) -> None:
        self.installation: House | None = None
        self.playwright: Playwright | None = None
        self.chromium: Browser | None = None
        self.tickets: dict[str, list[Any]] = {}  # the cookies of each window of a person

    def house(self) -> House:
        if self.installation is None:
            self.installation = House()
            self.installation.settle()  # the papers of the demo month are printed before anybody waits for one of their own
        return self.installation

    def browser(self) -> Browser:
        if self.chromium is None:
            self.playwright = sync_playwright().start()
            self.chromium = self.playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        return self.chromium

    def ticket(self, email: str, window: int) -> Any:
        """The cookies of somebody who came in through the form; each window (from 0) is a session of its own."""
        known = self.tickets.setdefault(email, [])
        while len(known) <= window:
            made = self.browser().new_context(base_url=self.house().url)
            made.set_default_timeout(WAIT)
            sign_in(made.new_page(), email)
            known.append(made.storage_state())
            made.close()
        return known[window]

    def close(self) -> None:
        """Playwright's event loop keeps other tests from the database, and the installation's workers never sleep."""
        installation, playwright, chromium = self.installation, self.playwright, self.chromium
        self.__init__()  # type: ignore[misc]
        try:
            if chromium:
                chromium.close()
            if playwright:
                playwright.stop()
        finally:
            if installation:
                installation.stop()


OPEN = Open()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> Generator[None, None, None]:
    """After the last browser story of this process, all that was open is closed."""
    yield
    if nextitem is None or Path(__file__).parent not in nextitem.path.parents:
        OPEN.close()


def pytest_sessionfinish() -> None:
    """Also when somebody pressed Ctrl-C."""
    OPEN.close()


@pytest.fixture
def house() -> House:
    """The installation, one a test process."""
    if not CHROMIUM:
        pytest.skip("no Chromium on this machine: the browser tests need the Debian package chromium")
    return OPEN.house()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A story that fails tells what the installation behind the screen was doing."""
    report = yield
    house = getattr(item, "funcargs", {}).get("house")
    if report.failed and house is not None:
        report.sections.append(("the installation", house.state()))
    return report


@pytest.fixture
def browser(house: House) -> Browser:
    """Chromium, one a test process."""
    return OPEN.browser()


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
def signed_in(context: Callable[..., BrowserContext]) -> Callable[..., BrowserContext]:
    """A browser of somebody who has signed in: `signed_in("boss@kessler.example")`; the second time, another one of theirs."""
    windows: dict[str, int] = {}

    def came_in(email: str, **more: Any) -> BrowserContext:
        window = windows.setdefault(email, 0)
        windows[email] += 1
        return context(storage_state=OPEN.ticket(email, window), **more)

    return came_in


@pytest.fixture
def at_desk(signed_in: Callable[..., BrowserContext]) -> Callable[..., Page]:
    """The start page of a person of the shop who has signed in: `at_desk("manager")`."""

    def seated(role: str, **more: Any) -> Page:
        page = signed_in(f"{role}@kessler.example", **more).new_page()
        page.goto("/")
        return page

    return seated

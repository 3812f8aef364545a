"""Take the two pictures of the front page from a running demo: `.venv/bin/python docs/pictures/take.py http://127.0.0.1:8000`."""

import io
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

HERE = Path(__file__).parent
WIDTH, HEIGHT = 1360, 850
PASSWORD = "papier-und-farbe"  # noqa: S105 - that of the demo company, which `make run` prints
COLOURS = 256  # flat pages need no more, and the file stays small


def take(page: Page, address: str, name: str) -> None:
    """One picture of one page, when it has come to rest."""
    page.goto(address, wait_until="networkidle")
    page.wait_for_timeout(1500)  # the map draws itself
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(HERE / name, optimize=True)


def main(home: str) -> None:
    """Sign in as the manager, open her largest order, then the print order's map."""
    with sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, locale="en-GB", color_scheme="light")
        page.goto(f"{home}/sign-in")
        page.fill("input[type=email], input[name=username]", "jana.petersen@kessler.example")
        page.fill("input[type=password]", PASSWORD)
        page.click("form button[type=submit], form button.primary")
        page.wait_for_url(f"{home}/")
        page.goto(f"{home}/orders?which=all&sort=-net", wait_until="networkidle")
        orders = page.eval_on_selector_all("a[href^='/orders/']", "found => found.map(a => a.getAttribute('href'))")
        largest = next(link for link in orders if link.rpartition("/")[2].isdecimal())
        take(page, f"{home}{largest}", "order.png")
        take(page, f"{home}/maps/print_order", "map.png")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")

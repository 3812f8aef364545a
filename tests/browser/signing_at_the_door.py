"""How everybody comes in; a module of its own, because every folder of tests has a conftest."""

from lived_in import PASSWORD
from playwright.sync_api import Page


def sign_in(page: Page, email: str) -> None:
    """Through the form, as everybody does."""
    page.goto("/sign-in")
    page.get_by_label("Mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)

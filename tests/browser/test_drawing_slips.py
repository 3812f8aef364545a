"""What somebody who draws need not think of: which part of a step to press on, saving, a department's role, the words of a decision."""

from collections.abc import Callable, Iterator

import pytest
from installation import House
from playwright.sync_api import Locator, Page, expect
from test_table_editor import begin as begin_table


@pytest.fixture
def page(at_desk: Callable[[str], Page]) -> Iterator[Page]:
    """The drawing page of a map of one decision; nothing may go wrong in it."""
    page = at_desk("administrator")
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield page
    assert wrong == []


def begin(page: Page, name: str) -> None:
    page.goto("/maps/new")
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-island=designer][data-ready]")
    page.keyboard.press("d")
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    page.keyboard.type("Fine?")
    page.keyboard.press("Enter")


def drawn(page: Page) -> list[str]:
    return page.locator("[data-steps] button").evaluate_all("all => all.map(b => b.firstChild.textContent)")


def words_of(page: Page, text: str) -> Locator:
    return page.locator("g.djs-shape[data-element-id$=_label]").filter(has_text=text)


def saved(page: Page) -> None:
    expect(page.locator("#saved")).to_contain_text("Saved")


def typing(page: Page) -> Locator:
    """Where words are typed on the drawing, once it is open."""
    return page.locator(".djs-direct-editing-content")


def test_pressing_on_the_words_of_a_decision_means_the_decision(page: Page) -> None:
    begin(page, "Decisions")
    page.get_by_role("tab", name="To mend").click()
    words_of(page, "Fine?").click()
    expect(page.get_by_role("tab", name="Properties")).to_have_attribute("aria-selected", "true")
    page.locator(".djs-context-pad .entry").nth(3).click()
    page.keyboard.type("Sent back")
    page.keyboard.press("Enter")
    words_of(page, "Fine?").click()
    page.get_by_role("complementary", name="Add").get_by_role("button", name="Work item").click()
    page.keyboard.type("Release order")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+s")
    saved(page)
    page.reload()
    page.wait_for_selector("[data-island=designer][data-ready]")
    assert sorted(drawn(page)) == ["Fine?", "Release order", "Sent back", "Start"]


def test_a_word_half_typed_on_the_drawing_is_kept_when_one_saves_or_leaves(page: Page) -> None:
    begin(page, "Halfway")
    saved(page)
    page.locator(".djs-context-pad .entry").first.click()
    typing(page).press_sequentially("Check ord")
    with page.expect_response(lambda answer: answer.url.endswith("/save")):
        page.keyboard.press("Control+s")
    saved(page)
    assert "Check ord" in page.request.get("/maps/halfway/file").text()
    words_of(page, "Fine?").dblclick()
    typing(page).fill("All fine?")
    page.get_by_role("link", name="Customers").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Customers")
    assert "All fine?" in page.request.get("/maps/halfway/file").text()


def test_what_was_drawn_without_a_connection_is_saved_when_it_is_back(page: Page, house: House) -> None:
    begin(page, "Offline")
    saved(page)
    page.context.set_offline(True)
    page.get_by_label("Name", exact=True).fill("Fine at all?")
    page.get_by_label("Name", exact=True).press("Enter")
    expect(page.locator("#saved")).to_have_text("Not saved")
    page.context.set_offline(False)
    saved(page)
    assert "Fine at all?" in page.request.get("/maps/offline/file").text()


def work(page: Page, name: str, department: str = "") -> None:
    page.keyboard.press("w")
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    if department:
        page.locator("#p-lane").select_option(label=department)
    page.keyboard.press("Escape")


def open_step(page: Page, name: str) -> None:
    page.get_by_role("tab", name="All steps").click()
    page.locator("[data-steps] button").filter(has_text=name).click()


def test_a_department_brings_its_role_and_a_decision_its_words(page: Page) -> None:
    begin(page, "Unsaid")
    departments = page.locator("#p-lane option").all_inner_texts()
    new = next(one for one in departments if one.startswith("New: "))
    work(page, "Check paper", new)
    page.get_by_label("Role").select_option(label="Quality")
    page.keyboard.press("Escape")
    work(page, "Check ink")
    page.locator("#p-lane").select_option(label=departments[1])
    page.get_by_label("Role").select_option(label="Choose …")
    page.locator("#p-lane").select_option(label=new.removeprefix("New: "))
    expect(page.get_by_label("Role")).to_have_value("quality")
    open_step(page, "Fine?")
    expect(page.locator("[data-ways] li span")).to_have_text("Nobody has said yet when.")
    open_step(page, "Check paper")
    page.get_by_role("button", name="Decision to offer").click()
    page.keyboard.type("Good")
    page.keyboard.press("Tab")
    open_step(page, "Fine?")
    page.locator("[data-ways] button").click()
    page.get_by_label("What", exact=True).select_option(label="What was decided")
    page.get_by_label("What was decided").select_option(label="Good")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Good")
    open_step(page, "Fine?")
    expect(page.locator("[data-ways] button")).to_have_text("Check paper (Good)")
    expect(page.locator("[data-ways] li span")).to_have_text("What was decided is Good")
    page.locator("[data-ways] button").click()
    page.get_by_label("Otherwise: when no other way fits").check()
    open_step(page, "Fine?")
    expect(page.locator("[data-ways] li span")).to_have_text("otherwise")


def test_what_a_table_answers_can_be_picked_as_a_condition(page: Page) -> None:
    begin_table(page, "Leaving")
    page.locator("tbody td.output-cell").first.click()
    page.keyboard.press("Control+a")
    page.keyboard.type("parcel")
    page.get_by_role("link", name="Publish").click()
    page.get_by_label("What changed and why").fill("Everything by parcel")
    page.get_by_role("button", name="Publish").click()
    expect(page.locator("#main")).to_contain_text("Everything by parcel")
    begin(page, "Asking")
    page.keyboard.press("l")
    page.keyboard.type("Choose packing")
    page.locator("#p-decision").select_option(label="Leaving")
    page.keyboard.press("Escape")
    work(page, "Pack parcel")
    open_step(page, "Fine?")
    page.locator("[data-ways] button").first.click()
    page.get_by_label("What", exact=True).select_option(label="answer")
    page.locator("[data-terms] [data-value] input").fill("parcel")
    page.locator("[data-terms] [data-value] input").press("Tab")
    open_step(page, "Fine?")
    expect(page.locator("[data-ways] li span").first).to_have_text("answer is parcel")
    page.keyboard.press("Control+s")
    saved(page)
    assert 'answer = "parcel"' in page.request.get("/maps/asking/file").text().replace("&#34;", '"')

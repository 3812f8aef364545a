"""An administrator says on one page what everybody can do; whoever hands work over sees it beside the name."""

import html
import re
from typing import Any

import shop_floor as floor

from orderway.kernel.running import ask


def text(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def typed(page: str) -> dict[str, str]:
    """The fields of the form as they stand."""
    return dict(re.findall(r'name="(p\d+)" value="([^"]*)"', page))


def test_skills_are_typed_on_one_page_and_seen_where_work_is_handed_over(shop: Any, as_: Any) -> None:
    browser, me = as_("administrator"), f"p{shop.manager.id}"
    form = typed(text(browser.get("/people/skills")))
    assert set(form) == {f"p{one.id}" for one in ask("people.persons", shop.manager)}
    wrong = browser.post("/people/skills", form | {me: "x" * 41})
    assert wrong.status_code == 422
    assert "cannot be a skill" in text(wrong)
    assert typed(text(wrong))[me] == "x" * 41, "what was typed stays"
    assert browser.post("/people/skills", form | {me: "English;  data   check, "}).status_code == 302
    assert typed(text(browser.get("/people/skills")))[me] == "data check, english"
    assert "1 person has some" in text(browser.get("/control"))
    floor.machines(shop)
    (item,) = ask("workflow.work", shop.manager, subject=floor.print_order(shop)).rows
    assert "Manager of Kessler · data check, english" in text(browser.get(f"/work/{item.id}/hand-over"))
    assert "Manager of Kessler · data check, english" in text(browser.get(f"/work/{item.id}/ask"))


def test_only_administrators_say_what_people_can_do(as_: Any) -> None:
    assert as_("manager").get("/people/skills").status_code == 403
    assert "/people/skills" not in text(as_("manager").get("/control"))

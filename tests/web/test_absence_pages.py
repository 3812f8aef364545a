"""The pages of the calendar and of absences, as people use them."""

from datetime import timedelta

import pytest
import shop_floor
from django.utils import translation

from orderway.kernel import clock
from orderway.kernel.access import ROLES, system_actor
from orderway.kernel.context import Reader
from orderway.kernel.running import ask
from orderway.people.queries import calendars
from orderway.web.templatetags.ui import day as shown


def text(answer):
    return answer.content.decode()


def day(n):
    return (clock.today("Europe/Berlin") + timedelta(days=n)).isoformat()


@pytest.mark.parametrize("role", ROLES)
def test_everybody_opens_the_absences_and_the_calendar(as_, role):
    browser = as_(role)
    for page in ("/absences", "/absences?which=mine", "/absences?which=decide", "/absences/new", "/calendar"):
        assert browser.get(page).status_code == 200, page
    assert browser.get("/absences/999").status_code == 404
    assert browser.get("/calendar?department=nowhere").status_code == 404


def test_time_off_is_asked_for_decided_and_seen_when_somebody_hands_work_over(shop, as_):
    form = {"first": day(0), "last": day(3), "kind": "vacation", "approver": shop.manager.id, "deputy": shop.planner.id}
    accountant, manager = as_("accountant"), as_("manager")
    assert "This is needed." in text(accountant.post("/absences/new", form | {"last": ""}))
    assert accountant.post("/absences/new", form).status_code == 302
    (row,) = ask("people.absences", shop.accountant, which="mine")
    assert "Accountant of Kessler" in text(manager.get("/absences?which=decide"))
    page = text(manager.get(f"/absences/{row.id}"))
    assert 'name="approve"' in page
    assert 'name="approve"' not in text(accountant.get(f"/absences/{row.id}"))
    refused = manager.post(f"/absences/{row.id}/decide", {"refuse": "1"})
    assert refused.status_code == 422
    assert "Say why." in text(refused)
    assert manager.post(f"/absences/{row.id}/decide", {"approve": "1"}).status_code == 302
    assert "1 away now" in text(as_("warehouse").get("/absences"))
    chooser = text(as_("quality").get("/absences/new"))
    assert "Accountant of Kessler (away until" in chooser
    assert "Planner of Kessler stands in)" in chooser
    assert accountant.post(f"/absences/{row.id}/withdraw").status_code == 302
    assert "0 away now" in text(as_("warehouse").get("/absences"))


def test_days_that_are_taken_are_named_with_what_to_do(shop, as_):
    accountant = as_("accountant")
    form = {"first": day(4), "last": day(6), "kind": "vacation", "approver": shop.manager.id}
    assert accountant.post("/absences/new", form).status_code == 302
    page = text(accountant.post("/absences/new", form | {"first": day(6), "last": day(9)}))
    start = clock.today("Europe/Berlin")
    with translation.override("en"):
        span = f"from {shown(start + timedelta(days=4))} to {shown(start + timedelta(days=6))}"
    assert f"An absence {span} is entered already. Choose other days, or withdraw that one first." in page


def test_who_stands_in_sees_on_their_first_page_for_whom_work_waits(shop, as_):
    shop_floor.print_order(shop)
    form = {
        "first": day(0),
        "last": day(1),
        "kind": "sick",
        "approver": shop.administrator.id,
        "deputy": shop.quality.id,
    }
    assert "who is away" not in text(as_("quality").get("/"))
    assert as_("manager").post("/absences/new", form).status_code == 302
    (row,) = ask("people.absences", shop.manager, which="mine")
    assert as_("administrator").post(f"/absences/{row.id}/decide", {"approve": "1"}).status_code == 302
    assert "For Manager of Kessler, who is away" in text(as_("quality").get("/"))


def test_a_refusal_names_a_day_as_the_readers_language_does(shop, as_):
    form = {"first": day(-6), "last": day(-5), "kind": "vacation", "approver": shop.manager.id}
    gone = clock.today("Europe/Berlin") - timedelta(days=5)
    for language, over in (("en", "is over"), ("de", "ist vorbei")):
        with translation.override(language):
            said = f"{shown(gone)} {over}"
        assert said in text(as_("accountant", language).post("/absences/new", form))


def test_the_week_is_entered_as_people_write_it(shop, as_):
    browser = as_("administrator")
    week = {f"day-{n}": "8:00-12:00, 13:00 – 17:00" for n in range(1, 5)} | {"day-5": "08:00 bis 14:00"}
    assert browser.post("/calendar/hours", {"department": "", **week}).status_code == 302
    hours = calendars(Reader(system_actor(shop.company), clock.now()))[""].hours
    assert hours == dict.fromkeys(range(1, 5), ((480, 720), (780, 1020))) | {5: ((480, 840),)}
    assert "08:00–12:00, 13:00–17:00" in text(browser.get("/calendar"))
    assert "The hours of the company count here." in text(browser.get("/calendar?department=warehouse"))
    wrong = browser.post("/calendar/hours", {"department": "", "day-1": "morning"})
    assert wrong.status_code == 422
    assert "morning" in text(wrong)
    assert as_("manager").post("/calendar/hours", week).status_code == 403


def test_a_years_days_off_are_pasted_and_taken_out(shop, as_):
    browser = as_("administrator")
    year = clock.now().year
    lines = f"{year}-12-25 Christmas Day\n26.12.{year}; Boxing Day\n\n"
    assert browser.post("/calendar/holidays", {"department": "", "lines": lines}).status_code == 302
    days = ask("people.calendar", shop.manager, department="").holidays
    assert [one.name for one in days] == ["Christmas Day", "Boxing Day"]
    wrong = browser.post("/calendar/holidays", {"department": "", "lines": "31.2.2026 Never"})
    assert wrong.status_code == 422
    assert "31.2.2026 Never" in text(wrong)
    assert browser.post("/calendar/holidays", {"drop": "1", "id": days[0].id}).status_code == 302
    assert [one.name for one in ask("people.calendar", shop.manager, department="").holidays] == ["Boxing Day"]

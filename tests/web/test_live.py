"""Pages hear which lists changed: of their own company, once, and also when a long command is done late."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django.test import Client

from orderway.kernel.queries import lately
from orderway.kernel.sql import fetch
from orderway.web import live

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def row(company: int, command: int, second: float, *subjects: str) -> Any:
    return SimpleNamespace(
        company_id=company, command_id=command, at=START + timedelta(seconds=second), subjects=subjects
    )


def at(second: float) -> float:
    return START.timestamp() + second


def mark(look: live.Look) -> float:
    return live.since_when(look, f"{look.at:.6f}", "12")


def test_a_change_is_told_once_to_its_own_company():
    first = live.looked(None, at(0), 11, [row(1, 10, -5, "order")])
    second = live.looked(
        first, at(2), 11, [row(1, 10, -5, "order"), row(1, 11, 1, "order", "level"), row(2, 12, 1, "party")]
    )
    assert live.news(second, 1, mark(first)) == ["orders", "stock"]
    assert live.news(second, 2, mark(first)) == ["customers"]
    third = live.looked(second, at(4), 11, [row(1, 11, 1, "order", "level")])
    assert live.news(third, 1, mark(second)) == []


def test_a_long_command_is_told_when_it_is_done_though_others_came_after_it():
    """Command 10 began first; its events became visible only after those of 11 were told."""
    first = live.looked(None, at(0), 11, [])
    second = live.looked(first, at(2), 11, [row(1, 11, 1, "party")])
    third = live.looked(second, at(4), 11, [row(1, 10, -30, "order"), row(1, 11, 1, "party")])
    assert live.news(third, 1, mark(second)) == ["orders"]


def test_a_new_page_is_told_what_happened_while_it_was_made_and_a_sleeper_everything():
    look = live.looked(live.looked(None, at(0), 11, []), at(2), 11, [row(1, 11, 1, "order")])
    assert live.news(look, 1, live.since_when(look, "", "40")) == ["orders"]
    later = live.looked(look, at(4), 11, [row(1, 11, 1, "order")])
    assert live.news(later, 1, live.since_when(later, "", "40")) == []
    assert live.news(later, 1, live.since_when(later, "", "2040")) == ["orders"]
    assert {"orders", "stock", "work", "inbox"} <= set(live.news(look, 1, at(-3600)))


def test_what_fell_out_of_the_window_between_two_questions_is_told():
    """A big import writes more events in a second than a look goes back; who asks every two seconds hears of the small command too."""
    first = live.looked(None, at(0), 11, [])
    second = live.looked(first, at(1), 12, [row(1, 11, 1, "order")])
    third = live.looked(second, at(2), 9000, [row(2, 12, 1, "party")])
    assert live.news(third, 1, mark(first)) == ["orders"]
    assert 11 not in live.looked(third, at(90), 9000, []).seen


def test_a_look_goes_back_to_the_one_before(shop, order):
    _, last, all_of_them = lately()
    _, _, rows = lately(0)
    assert {row.command_id for row in all_of_them} <= {row.command_id for row in rows}
    assert min(row.command_id for row in rows) == fetch("select min(command_id) as id from event", {})[0].id
    assert last >= fetch("select max(id) as id from event", {})[0].id


def test_who_says_neither_age_nor_what_it_heard_last_is_told_nothing():
    look = live.looked(live.looked(None, at(0), 11, []), at(2), 11, [row(1, 11, 1, "order")])
    for told, age in (("", ""), ("rubbish", ""), ("", "rubbish"), ("nan", ""), ("", "inf")):
        assert live.news(look, 1, live.since_when(look, told, age)) == []


def test_a_process_that_has_just_started_takes_the_last_minute_for_new():
    """A command that began before the page was asked for may have become visible after it."""
    look = live.looked(None, at(100), 11, [row(1, 5, 0, "order"), row(1, 6, 70, "party")])
    assert live.news(look, 1, at(98)) == ["customers"]


def test_the_answer_ends_at_once_and_asks_to_come_back(shop: Any, as_: Any, order: int):
    page = as_("manager").get("/orders").content.decode()
    address = page.split('data-live-url="')[1].split('"')[0]
    stranger = Client(headers={"host": "localhost"})
    answer = stranger.get(address)
    assert answer["Content-Type"] == "text/event-stream"
    body = answer.content.decode()
    assert body.startswith("retry: 2000\nid: ")
    assert "data:" not in body
    assert stranger.get("/live?of=1").status_code == 204
    assert stranger.get("/live").status_code == 204


def test_the_database_names_what_a_command_changed(shop: Any, order: int, monkeypatch: Any):
    monkeypatch.setattr(live.window, "_look", None)
    look = live.window.now()
    names = {
        name for seen in look.seen.values() if seen.company == shop.company for name in live.lists_of(seen.subjects)
    }
    assert "orders" in names
    monkeypatch.setattr(live.window, "_look", None)

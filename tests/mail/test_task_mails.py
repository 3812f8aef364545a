"""A mail about work carries a link: opening it changes nothing, sending it decides once, as the person it was sent to."""

import re
import sys
from datetime import timedelta
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent.parent / "workflow"))  # the trial trade is theirs

from django.test import Client
from workflow_trial import SYSTEM, drawing, flows, make_table, publish, trials, work

from orderway.kernel import clock, reacting
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask, run
from orderway.kernel.sql import fetch
from orderway.mail.commands import WriteMessage
from orderway.mail.jobs import send
from orderway.people.commands.absences import DecideAbsence, RequestAbsence
from orderway.workflow.commands.notices import drain
from orderway.workflow.commands.proceed import StartMap
from orderway.workflow.commands.work import CompleteWork

STEP = '<o:instruction>Look twice.</o:instruction><o:check name="seen" label="Seen"/>'


@pytest.fixture
def item(shop):
    """A work item for the accountant whose step sends mails."""
    make_table()
    publish(drawing(work("a", "ok", "back", role="accountant", more='o:mail="true"', inner=STEP) + flows("s a e")))
    run("workflow.start", SYSTEM, [StartMap("trial_map", trials()[0])])
    (row,) = ask("workflow.work", shop.accountant).rows
    return row.id


def deliver(postbox):
    """Tell what is due, write the mails and let the sending job do its work; returns the letters that went over the wire."""
    drain()
    reacting.drain()
    for row in fetch(
        "select id, company_id from message where state = 'ready' and once like 'notice:%%' order by id", {}
    ):
        send.func(row.company_id, row.id)
    return postbox.letters()


@pytest.fixture
def link(postbox, item):
    """The path of the link in the one mail that was sent."""
    (letter,) = deliver(postbox)
    assert letter["To"] == "accountant@kessler.example"
    return re.search(r"http://localhost:8000(/decide/[\w-]{43})", letter.get_content())[1]


@pytest.fixture
def browser():
    """Somebody's browser, signed in nowhere."""
    return Client(headers={"host": "localhost"}, enforce_csrf_checks=False)


def text(answer):
    return answer.content.decode()


def state(shop, item):
    return ask("workflow.work_item", shop.administrator, id=item).state


def test_scanners_that_open_every_link_decide_nothing(shop, item, link, browser):
    for _ in range(3):
        page = browser.get(link)
        assert page.status_code == 200
        assert browser.head(link).status_code == 200
    assert "Look twice." in text(page)
    assert page["Cache-Control"] == "no-store"
    assert "sessionid" not in browser.cookies
    assert browser.get("/work").status_code == 302, "the link signs nobody in"
    assert state(shop, item) == "open"


def test_who_may_not_decide_alone_reads_why_before_they_press(shop, postbox, browser):
    make_table()
    care = 'o:mail="true" o:notBy="first"'
    drawn = work("first", "ok", role="accountant") + work("second", "ok", role="accountant", more=care)
    publish(drawing(drawn + flows("s first second e")))
    run("workflow.start", SYSTEM, [StartMap("trial_map", trials()[0])])
    (first,) = ask("workflow.work", shop.accountant).rows
    assert run("workflow.complete", shop.accountant, [CompleteWork(first.id, "ok")]).ok
    (letter,) = deliver(postbox)
    path = re.search(r"http://localhost:8000(/decide/[\w-]{43})", letter.get_content())[1]
    page = text(browser.get(path))
    assert "Not now:" in page
    assert "Hand it over, or leave it in the list of its department." in page
    assert 'value="ok"' not in page  # nothing to press
    assert (
        text(browser.post(path, {"outcome": "ok"})).count("Not now:") == 1
    )  # and whoever sends it all the same is refused
    (second,) = ask("workflow.work", shop.accountant).rows
    assert state(shop, second.id) == "open"


def test_sending_it_decides_once_as_the_person_it_was_sent_to(shop, item, link, browser):
    missing = browser.post(link, {"outcome": "ok"})
    assert missing.status_code == 422
    assert "Still needed: Seen." in text(missing)
    assert text(missing).count("This has to be done first.") == 1
    assert browser.post(link, {"outcome": "ok", "check": "seen"}).status_code == 200
    done = ask("workflow.work_item", shop.administrator, id=item)
    assert (done.state, done.outcome, done.done_by) == ("done", "ok", "Accountant of Kessler")
    again = browser.post(link, {"outcome": "back", "reason": "no", "check": "seen"})
    assert again.status_code == 410
    assert "Accountant of Kessler decided it already" in text(again)


def test_neither_the_database_nor_the_kept_text_of_the_mail_holds_the_token(link):
    token = link.rpartition("/")[2]
    for table in ("decision_link", "message", "event"):
        (row,) = fetch(f"select count(*) as n from {table} t where t::text like %(t)s", {"t": f"%{token}%"})  # noqa: S608
        assert row.n == 0, table


def test_an_expired_link_says_so_and_decides_nothing(shop, item, link, browser):
    with clock.at(clock.now() + timedelta(days=8)):
        page = browser.post(link, {"outcome": "ok", "check": "seen"})
    assert page.status_code == 410
    assert "This link has expired" in text(page)
    assert state(shop, item) == "open"


def test_a_used_link_does_not_decide_the_same_work_when_it_comes_again(shop, item, link, browser):
    fetch("update decision_link set used_at = now()", {})
    page = browser.get(link)
    assert page.status_code == 410
    assert "This link was used" in text(page)


def test_an_unknown_link_is_told_apart_from_a_page_that_does_not_exist(browser):
    page = browser.get("/decide/abcdefghijklmnopqrstuvwxyz")
    assert page.status_code == 404
    assert "This link is not known" in text(page)


def test_what_was_decided_on_the_page_cannot_be_decided_by_the_link(shop, item, link, browser):
    assert run("workflow.complete", shop.accountant, [CompleteWork(item, "ok", checks=["seen"])]).ok
    assert browser.post(link, {"outcome": "back", "reason": "no"}).status_code == 410
    assert state(shop, item) == "done"


def test_who_is_away_gets_no_mail_but_the_deputy_who_decides_for_them(shop, postbox, item, browser):
    today = clock.today("Europe/Berlin")
    row = RequestAbsence(today, today, shop.manager.id, shop.planner.id)
    (id,) = run("people.request_absence", shop.accountant, [row]).done
    run("people.decide_absence", shop.manager, [DecideAbsence(id)])
    (letter,) = deliver(postbox)
    assert letter["To"] == "planner@kessler.example"
    link = re.search(r"(/decide/[\w-]{43})", letter.get_content())[1]
    assert browser.post(link, {"outcome": "ok", "check": "seen"}).status_code == 200
    done = ask("workflow.work_item", shop.administrator, id=item)
    assert (done.done_by, done.done_for) == ("Planner of Kessler", "Accountant of Kessler")


def test_a_link_of_somebody_who_left_counts_no_more(shop, item, link, browser):
    fetch("update person set is_active = false where id = %(p)s", {"p": shop.accountant.id})
    assert browser.post(link, {"outcome": "ok", "check": "seen"}).status_code == 410
    assert state(shop, item) == "open"


def test_only_papers_of_this_work_are_shown_by_the_link(shop, item, link, browser):
    from orderway.documents.commands import AddDocument, OpenParcel
    from orderway.documents.store import store

    kept = store().keep(shop.company, b"the sheet")
    (parcel,) = run("documents.open_parcel", SYSTEM, [OpenParcel("trial")]).done
    subject = ask("workflow.work_item", shop.administrator, id=item).row.subject_id
    mine = AddDocument(parcel, kept.sha256, "text/plain", "sheet.txt", subject_type="trial", subject_id=subject)
    other = AddDocument(parcel, kept.sha256, "text/plain", "secret.txt", subject_type="trial", subject_id=subject + 1)
    shown, hidden = (run("documents.add", SYSTEM, [row]).done[0] for row in (mine, other))
    page = text(browser.get(link))
    assert "sheet.txt" in page
    assert "secret.txt" not in page
    assert b"".join(browser.get(f"{link}/paper/{shown}")) == b"the sheet"
    assert browser.get(f"{link}/paper/{hidden}").status_code == 404
    run("workflow.complete", shop.accountant, [CompleteWork(item, "ok", checks=["seen"])])
    assert browser.get(f"{link}/paper/{shown}").status_code == 404


def test_each_mail_is_written_once(shop, postbox, item):
    before = len(deliver(postbox))
    ids = [row.id for row in fetch("select id from work_notice where work_item_id = %(i)s", {"i": item})]
    run("mail.tell_notices", SYSTEM, [Ref(id) for id in ids])
    assert len(deliver(postbox)) == before == 1


def test_a_mark_in_what_somebody_else_wrote_stays_a_mark(shop, item, postbox):
    """A customer's reference that looks like the mark of a link is no link in the mail to that customer."""
    drain()
    reacting.drain()
    (made,) = fetch("select id from decision_link", {})
    guessed = f"Your order {{{{decide:{made.id}}}}} and {{{{decide:{'9' * 30}}}}}"
    (mail,) = run("mail.write", shop.manager, [WriteMessage(["somebody@customer.example"], "Order", guessed)]).done
    send.func(shop.company, mail)
    (letter,) = [one for one in postbox.letters() if one["To"] == "somebody@customer.example"]
    assert letter.get_content().strip() == guessed

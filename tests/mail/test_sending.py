"""A mail goes out once, waits when the server is away, and never more than twice when something dies."""

import socket

import pytest
from django.test import override_settings

from orderway.documents.commands import AddDocument, OpenParcel
from orderway.documents.store import store
from orderway.kernel import reacting
from orderway.kernel.access import system_actor
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask, run
from orderway.kernel.sql import fetch
from orderway.mail import jobs
from orderway.mail.commands import WriteMessage
from orderway.mail.delivery import NotDelivered, deliver
from orderway.mail.rules import LAST_TRY, MOST_UNANSWERED, is_address

pytestmark = pytest.mark.usefixtures("db")


def written(shop, **more):
    letter = WriteMessage(**{"recipients": ["kunde@firma.example"], "subject": "Größe?", "text": "Grüße", **more})
    return run("mail.write", shop.manager, [letter]).done[0]


def message(shop, id):
    return ask("mail.one", shop.manager, id=id)


def desk():
    return [(row.code, row.subject_id) for row in fetch("select code, subject_id from desk_exception order by id", {})]


def queued():
    waiting = "select (args ->> 'message')::bigint as id from procrastinate_jobs where queue_name = 'send' order by id"
    return [row.id for row in fetch(waiting, {})]


def test_a_mail_with_its_enclosure_arrives_as_it_was_written(shop, postbox):
    content = b"%PDF-1.7 the paper"
    (parcel,) = run("documents.open_parcel", shop.manager, [OpenParcel()]).done
    kept = store().keep(shop.company, content)
    (document,) = run(
        "documents.add", shop.manager, [AddDocument(parcel, kept.sha256, "application/pdf", "Bestätigung.pdf")]
    ).done
    id = written(shop, documents=[document])
    jobs.send(shop.company, id)
    (letter,) = postbox.letters()
    assert (letter["To"], letter["Subject"]) == ("kunde@firma.example", "Größe?")
    assert letter["From"] == "Kessler Druck & Papier <orders@kessler.example>"
    assert letter.get_body().get_content().strip() == "Grüße"
    (file,) = letter.iter_attachments()
    assert (file.get_filename(), file.get_content_type(), file.get_content()) == (
        "Bestätigung.pdf",
        "application/pdf",
        content,
    )
    sent = message(shop, id)
    assert (sent.state, letter["Message-ID"]) == ("sent", f"<{sent.external_id}>")


def test_writing_queues_the_sending_and_a_second_job_sends_nothing(shop, postbox):
    id = written(shop)
    assert queued() == []
    reacting.drain()
    assert queued() == [id]
    jobs.send(shop.company, id)
    jobs.send(shop.company, id)
    assert len(postbox.taken) == 1


def test_without_a_mail_server_it_stays_in_the_outbox_until_there_is_one(shop, postbox):
    with override_settings(EMAIL_HOST=""):
        id = written(shop)
        reacting.drain()
    assert queued() == []
    assert [row.id for row in ask("mail.list", shop.manager, direction="out", state="ready").rows] == [id]
    run("mail.resend", shop.manager, [Ref(id)])
    reacting.drain()
    assert queued() == [id]


def test_the_same_purpose_is_written_once(shop):
    assert written(shop, once="receipt:order:1") == written(shop, once="receipt:order:1")


def test_the_same_purpose_twice_in_one_set_is_one_mail_and_no_purpose_is_its_own(shop):
    rows = [WriteMessage(["a@b.example"], "Hello", "Text", once) for once in ("twice", "", "twice", "")]
    first, second, third, fourth = run("mail.write", shop.manager, rows).done
    assert first == third
    assert len({first, second, fourth}) == 3
    assert written(shop) != written(shop)


def test_a_server_that_is_away_is_tried_again_and_then_stands_on_the_desk(shop):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with override_settings(EMAIL_HOST="127.0.0.1", EMAIL_PORT=taken.getsockname()[1]):
            id = written(shop)
            for _ in range(LAST_TRY - 1):
                with pytest.raises(NotDelivered):
                    jobs.send(shop.company, id)
            assert (message(shop, id).state, desk()) == ("ready", [])
            jobs.send(shop.company, id)
    lost = message(shop, id)
    assert (lost.state, lost.tries, lost.unanswered) == ("failed", LAST_TRY, 0)
    assert "127.0.0.1" in lost.error
    assert desk() == [("not-delivered", id)]


def test_a_server_that_is_busy_gets_it_later(shop, postbox):
    postbox.answers = ["451 come back later"]
    id = written(shop)
    with pytest.raises(NotDelivered, match="451"):
        jobs.send(shop.company, id)
    assert message(shop, id).unanswered == 0
    jobs.send(shop.company, id)
    assert (message(shop, id).state, len(postbox.taken)) == ("sent", 1)


def test_an_address_nobody_has_is_not_tried_again(shop, postbox):
    postbox.unknown = {"kunde@firma.example"}
    id = written(shop)
    jobs.send(shop.company, id)
    assert (message(shop, id).state, desk()) == ("failed", [("not-delivered", id)])
    assert "550" in message(shop, id).error
    postbox.unknown = set()
    run("mail.resend", shop.manager, [Ref(id)])
    jobs.send(shop.company, id)
    assert (message(shop, id).state, len(postbox.taken)) == ("sent", 1)


def test_who_can_be_reached_gets_it_and_who_cannot_is_named(shop, postbox):
    postbox.unknown = {"weg@firma.example"}
    id = written(shop, recipients=["da@firma.example", "weg@firma.example"])
    jobs.send(shop.company, id)
    assert message(shop, id).state == "sent"
    assert "weg@firma.example: 550" in message(shop, id).error


def test_a_job_that_died_after_the_delivery_delivers_once_more_the_same_bytes_and_never_a_third_time(shop, postbox):
    id = written(shop)
    for _ in range(MOST_UNANSWERED):  # the job dies between the server's answer and ours
        assert run("mail.begin_send", system_actor(shop.company), [Ref(id)]).done
        raw, sender, recipients = jobs.composed(shop.company, id)
        deliver(jobs.server(), sender, recipients, raw)
    jobs.send(shop.company, id)
    first, second = postbox.taken
    assert first == second
    assert len({letter["Message-ID"] for letter in postbox.letters()}) == 1
    assert (message(shop, id).state, desk()) == ("failed", [("perhaps-delivered", id)])


def test_a_line_that_breaks_before_the_answer_may_have_delivered(shop, postbox):
    postbox.answers = ["hang up"]
    id = written(shop)
    with pytest.raises(NotDelivered):
        jobs.send(shop.company, id)
    assert message(shop, id).unanswered == 1
    jobs.send(shop.company, id)
    assert (message(shop, id).state, len(postbox.taken)) == ("sent", 2)


def test_sending_a_sent_mail_again_is_a_mail_of_its_own(shop, postbox):
    id = written(shop, subject_type="order", subject_id=4711)
    jobs.send(shop.company, id)
    run("mail.resend", shop.manager, [Ref(id)])
    copy, _ = ask("mail.list", shop.manager, direction="out").rows
    assert (copy.state, copy.subject_id) == ("ready", 4711)
    jobs.send(shop.company, copy.id)
    assert len({letter["Message-ID"] for letter in postbox.letters()}) == 2


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"recipients": []}, "recipient-missing"),
        ({"recipients": ["a@b.example\nBcc: all@b.example"]}, "no-mail-address"),
        ({"text": " "}, "mail-empty"),
        ({"documents": [999_999]}, "unknown-document"),
    ],
)
def test_what_cannot_be_sent_is_refused_when_it_is_written(shop, more, code):
    letter = WriteMessage(**{"recipients": ["a@b.example"], "subject": "x", "text": "y", **more})
    assert [r.code for r in run("mail.write", shop.manager, [letter]).refused] == [code]


def test_a_stranger_sees_and_sends_nothing_of_ours(shop):
    id = written(shop)
    assert ask("mail.one", shop.stranger, id=id) is None
    assert [r.code for r in run("mail.resend", shop.stranger, [Ref(id)]).refused] == ["unknown-message"]


@pytest.mark.parametrize("stated", ["a@b", "jürgen@firma.example", "a.b+c@d.example"])
def test_addresses(stated):
    assert is_address(stated)


@pytest.mark.parametrize("stated", ["", "a", "@b", "a@", "a b@c", "a@b@c", "A <a@b>", "a@b,c@d", "a@b\r\n"])
def test_no_addresses(stated):
    assert not is_address(stated)

"""A mail that comes back becomes the exception of that mail, and no inbox item (SP-15; RFC 3464)."""

import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from doorstep import inputs, work
from mailserver import HERE, MailServer

from orderway.capture import imap, inlets
from orderway.capture.readers import delivery_status
from orderway.kernel.access import system_actor
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask, run
from orderway.mail import jobs
from orderway.mail.commands import WriteMessage

pytestmark = [
    pytest.mark.usefixtures("db"),
    pytest.mark.skipif(not HERE, reason="Dovecot is not here: install dovecot-imapd"),
]
REPORT = """From: Mail Delivery System <MAILER-DAEMON@mx.example>
To: orders@kessler.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <report-{n}@mx.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Arrival-Date: Mon, 23 Nov 2026 04:00:00 +0000

Original-Recipient: rfc822;kunde@firma.example
Final-Recipient: rfc822; kunde@firma.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {said}

--b1
Content-Type: {kind}

{returned}
--b1--
"""


@pytest.fixture
def mailbox() -> Iterator[MailServer]:
    with tempfile.TemporaryDirectory(prefix="dovecot-") as place:
        running = MailServer(Path(place))
        try:
            running.start()
            yield running
        finally:
            running.stop()


def report(returned: str, action: str = "failed", n: int = 1, kind: str = "message/rfc822") -> bytes:
    status, said = ("5.1.1", "550 5.1.1 unknown user") if action == "failed" else ("4.4.1", "451 no answer yet")
    text = REPORT.format(n=n, action=action, status=status, said=said, kind=kind, returned=returned)
    return text.replace("\n", "\r\n").encode()


def sent(shop: Any, postbox: Any, **more: Any) -> tuple[int, str]:
    """A mail that a real server took, and what that server got of it."""
    letter = WriteMessage(["kunde@firma.example"], "Your order", "Text", **more)
    (id,) = run("mail.write", shop.manager, [letter]).done
    jobs.send(shop.company, id)
    return id, postbox.taken[-1].decode().replace("\r\n", "\n")


def arrives(shop: Any, mailbox: MailServer, *mails: bytes) -> None:
    for raw in mails:
        mailbox.post(raw)
    client = imap.connected(mailbox.mailbox())
    imap.take_unread(client, partial(inlets.receive, system_actor(shop.company), channel="imap"))
    client.logout()
    work()


def bounced(shop: Any) -> list[Any]:
    return [one for one in ask("capture.exceptions", shop.manager).rows if one.kind == "mail-bounced"]


def in_inbox(shop: Any) -> list[Any]:
    return [one for one in inputs(shop) if one.state not in ("not_an_order", "order")]


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
def test_a_mail_that_comes_back_stands_among_the_exceptions_and_not_in_the_inbox(
    kind: str, shop: Any, postbox: Any, mailbox: MailServer
) -> None:
    id, raw = sent(shop, postbox)
    returned = raw if kind == "message/rfc822" else raw.split("\n\n")[0] + "\n"
    arrives(shop, mailbox, report(returned, kind=kind))
    (one,) = bounced(shop)
    assert (one.stopped, one.code, one.actions) == (id, "came-back", ("mail.resend", "capture.settle_otherwise"))
    assert one.facts["to"] == "kunde@firma.example"
    assert "550 5.1.1 unknown user" in one.facts["error"]
    mail = ask("mail.one", shop.manager, id=id)
    assert (mail.state, "unknown user" in mail.error) == ("failed", True)
    assert in_inbox(shop) == []
    (aside,) = inputs(shop)
    assert (aside.state, aside.dismissed_as) == ("not_an_order", "delivery-report")


def test_sent_again_it_goes_out_once_more_and_leaves_the_list(shop: Any, postbox: Any, mailbox: MailServer) -> None:
    id, raw = sent(shop, postbox)
    arrives(shop, mailbox, report(raw))
    assert run("mail.resend", shop.manager, [Ref(id)]).ok
    assert bounced(shop) == []
    # a second server reports the first attempt late, while the mail waits to be sent again
    arrives(shop, mailbox, report(raw, n=2))
    assert ask("mail.one", shop.manager, id=id).state == "ready"
    jobs.send(shop.company, id)
    assert (ask("mail.one", shop.manager, id=id).state, len(postbox.taken)) == ("sent", 2)
    assert (bounced(shop), in_inbox(shop)) == ([], [])


def test_a_delay_is_noted_and_stops_nothing(shop: Any, postbox: Any, mailbox: MailServer) -> None:
    id, raw = sent(shop, postbox, subject_type="order", subject_id=4711)
    arrives(shop, mailbox, report(raw, "delayed"))
    mail = ask("mail.one", shop.manager, id=id)
    assert (mail.state, mail.error) == ("sent", "kunde@firma.example: 451 no answer yet")
    assert (bounced(shop), in_inbox(shop)) == ([], [])
    told = [one.name for one in ask("kernel.timeline", shop.manager, root_type="order", root_id=4711)]
    assert "message.delayed" in told
    arrives(shop, mailbox, report(raw, "failed", n=2))
    assert [one.stopped for one in bounced(shop)] == [id]


def test_a_report_about_a_mail_we_never_sent_stays_an_ordinary_message(
    shop: Any, postbox: Any, mailbox: MailServer
) -> None:
    id, raw = sent(shop, postbox)
    forged = raw.replace(ask("mail.one", shop.manager, id=id).external_id, "made-up@kessler.example")
    arrives(shop, mailbox, report(forged))
    assert (ask("mail.one", shop.manager, id=id).state, bounced(shop)) == ("sent", [])
    assert len(in_inbox(shop)) == 1


def test_a_report_about_a_mail_of_another_company_moves_nothing(shop: Any, postbox: Any, mailbox: MailServer) -> None:
    id, raw = sent(shop, postbox)
    raw_report = report(raw)
    outcome = inlets.receive(shop.stranger, "report.eml", raw_report, "imap")
    assert outcome.ok
    work()
    assert ask("mail.one", shop.manager, id=id).state == "sent"


def test_only_a_report_that_gives_the_mail_back_is_one() -> None:
    whole = report("Message-ID: <a@b.example>\n\nText\n")
    read = delivery_status.read(whole)
    assert read is not None
    assert (read.message_id, [one.action for one in read.said]) == ("a@b.example", ["failed"])
    for broken in (
        whole.replace(b"report-type=delivery-status", b"report-type=disposition-notification"),
        whole.replace(b"Message-ID: <a@b.example>", b"X-Other: y"),
        whole.replace(b"Action: failed\r\n", b""),
        whole[:200],
        b"",
    ):
        assert delivery_status.read(broken) is None

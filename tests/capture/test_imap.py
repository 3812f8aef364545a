"""Mails in a real mailbox become inputs: each once, none lost, also when the line breaks (DX-14)."""

import tempfile
import threading
import time
from functools import partial
from pathlib import Path

import pytest
from doorstep import csv, inputs, letter, work
from mailserver import HERE, MailServer

from orderway.capture import imap, inlets
from orderway.kernel.access import system_actor
from orderway.kernel.outcome import Outcome
from orderway.kernel.running import ask

pytestmark = [
    pytest.mark.usefixtures("db"),
    pytest.mark.skipif(not HERE, reason="Dovecot is not here: install dovecot-imapd"),
]
CUSTOMER = "Kanzlei Bergmann Roth"


@pytest.fixture
def server():
    with tempfile.TemporaryDirectory(prefix="dovecot-") as place:  # short and open to Dovecot's own accounts
        running = MailServer(Path(place))
        try:
            running.start()
            yield running
        finally:
            running.stop()


def taker(shop):
    return partial(inlets.receive, system_actor(shop.company), channel="imap")


def order_mail(number, **more):
    mail = letter(f"<{number}@kunde.example>")
    table = csv(f"{number};{CUSTOMER};ENV-DL;1;")
    mail.add_attachment(table, maintype="text", subtype="csv", filename=f"{number}.csv", **more)
    return mail


def take(server, shop):
    client = imap.connected(server.mailbox())
    taken = imap.take_unread(client, taker(shop))
    client.logout()
    work()
    return taken


def test_every_kind_of_mail_is_one_message(server, shop):
    pdf, nested = letter("<pdf@kunde.example>"), letter("<nested@kunde.example>")
    pdf.add_attachment(b"%PDF-1.4 x", maintype="application", subtype="pdf", filename="b.pdf", disposition="inline")
    nested.add_attachment(order_mail("N-1"))
    for mail in (order_mail("A-1"), pdf, nested, letter("<plain@kunde.example>")):
        server.post(mail.as_bytes())
    assert take(server, shop) == 4
    assert server.unread() == 0
    messages = ask("mail.list", shop.manager, direction="in").rows
    assert len(messages) == 4
    became = {row.name: row.state for row in inputs(shop)}
    assert became["A-1.csv"] == became["N-1.csv"] == "order"
    assert became["b.pdf"] in ("review", "rejected")
    assert len(became) == 4


def test_a_mail_sent_again_is_not_taken_again(server, shop):
    raw = order_mail("A-1").as_bytes()
    server.post(raw)
    take(server, shop)
    server.post(b"Received: from elsewhere\r\n" + raw)  # other bytes, the same Message-ID
    server.post(raw)
    assert take(server, shop) == 2
    assert server.unread() == 0
    assert [row.state for row in inputs(shop)] == ["order"]


def test_a_mail_without_a_message_id_is_known_by_its_bytes(server, shop):
    mail = order_mail("A-1")
    del mail["Message-ID"]
    server.post(mail.as_bytes())
    server.post(mail.as_bytes())
    assert take(server, shop) == 2
    assert len(inputs(shop)) == 1


class Away(Exception):
    """The database goes away in the middle."""


def test_what_is_not_committed_stays_unread(server, shop):
    def away(_name, _raw):
        raise Away

    server.post(order_mail("A-1").as_bytes())
    client = imap.connected(server.mailbox())
    with pytest.raises(Away):
        imap.take_unread(client, away)
    client.logout()
    assert server.unread() == 1
    assert take(server, shop) == 1


def test_new_mail_is_announced_and_a_broken_line_is_mended(server):
    """The watcher idles, the server goes away and comes back, and what arrives then is taken too."""
    arrived: list[str] = []

    def take(_name, raw):
        arrived.append(raw.split(b"Message-ID: <")[1].split(b"@")[0].decode())
        return Outcome([1])

    stop = threading.Event()
    watcher = threading.Thread(target=imap.watch, args=(server.mailbox(), take, stop.is_set, 0.2), daemon=True)
    server.post(order_mail("before").as_bytes())
    watcher.start()
    until(lambda: arrived == ["before"])
    time.sleep(0.5)  # it idles now
    server.post(order_mail("idle").as_bytes())
    until(lambda: arrived == ["before", "idle"])
    server.stop()
    time.sleep(1)
    server.start()
    server.post(order_mail("after").as_bytes())
    until(lambda: arrived == ["before", "idle", "after"])
    stop.set()
    watcher.join(timeout=10)
    assert not watcher.is_alive()
    assert server.unread() == 0


def until(happened, seconds=20.0):
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)

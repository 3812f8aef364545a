"""What the tests of the door share: something comes in, the worker works, and we look what became of it."""

import json
from email.message import EmailMessage
from typing import Any

from orderway.capture import inlets, jobs
from orderway.kernel import reacting
from orderway.kernel.running import ask
from orderway.kernel.sql import fetch

TABLE = "Bestellnummer;Kunde;Artikelnummer;Menge;Preis\r\n"


def csv(*rows: str) -> bytes:
    return (TABLE + "".join(f"{row}\r\n" for row in rows)).encode()


def come_in(shop: Any, name: str, data: bytes, channel: str = "upload") -> int:
    """A file comes in and is worked off; returns its message's id."""
    outcome = inlets.receive(shop.manager, name, data, channel)
    assert outcome.ok, outcome.refused
    work()
    return outcome.done[0]


def work() -> None:
    """Reactions and reading jobs until nothing is left, as the worker's processes do it."""
    while True:
        reacting.drain()
        waiting = fetch("delete from procrastinate_jobs where queue_name = 'read' returning args::text as args", {})
        if not waiting:
            return
        for row in waiting:
            jobs.read_inputs(**json.loads(row.args))


def inputs(shop: Any, **asked: Any) -> list[Any]:
    """What lies in the inbox, oldest first, whatever its state."""
    return list(ask("capture.inbox", shop.manager, **{"state": "all", "sort": "oldest", "size": 200, **asked}).rows)


def doubts(row: Any) -> list[str]:
    return [code for code, _ in json.loads(row.findings)]


def letter(message_id: str = "<a.1@kunde.example>", sender: str = "einkauf@kunde.example") -> EmailMessage:
    message = EmailMessage()
    message["From"] = f"Jürgen Müller <{sender}>"
    message["To"] = "auftrag@haus.example"
    message["Subject"] = "Bestellung"
    message["Date"] = "Fri, 31 May 2024 23:30:00 +0200"
    message["Message-ID"] = message_id
    message.set_content("Guten Tag,\nanbei die Bestellung.")
    return message

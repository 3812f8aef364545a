"""The sending of mails: a job a message, at most twice over the wire under one Message-ID whatever dies meanwhile."""

from hashlib import sha256

from django.conf import settings
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from orderway.documents.store import store
from orderway.kernel import clock
from orderway.kernel.access import system_actor
from orderway.kernel.context import Reader
from orderway.kernel.registry import Ref
from orderway.kernel.running import run
from orderway.kernel.sql import statements
from orderway.workflow.links import with_addresses

from .commands import NoteFailed, NoteSent
from .delivery import NotDelivered, Server, deliver
from .rules import LAST_TRY, MOST_UNANSWERED, Enclosed, compose

SQL = statements("mail", "messages")


def server() -> Server:
    """The mail server of this installation."""
    return Server(
        settings.EMAIL_HOST,
        settings.EMAIL_PORT,
        settings.EMAIL_HOST_USER,
        settings.EMAIL_HOST_PASSWORD,
        settings.EMAIL_SECURITY,
        settings.EMAIL_TIMEOUT,
    )


@app.task(
    name="mail.send",
    queue="send",
    # 4, 16, 64 … seconds; the last try is ours to name, the message then stands on the desk
    retry=RetryStrategy(max_attempts=LAST_TRY + MOST_UNANSWERED, exponential_wait=4, retry_exceptions=[NotDelivered]),
)
def send(company: int, message: int) -> None:
    """Send one message that lies ready. Raises NotDelivered when it is to be tried again later."""
    actor = system_actor(company)
    if not run("mail.begin_send", actor, [Ref(message)], partial=True).done:
        return
    raw, sender, recipients = composed(company, message)
    try:
        remarks = deliver(server(), sender, recipients, raw)
    except NotDelivered as error:
        note = NoteFailed(message, str(error), error.final, error.unanswered)
        if run("mail.note_failed", actor, [note]).values.get("again"):
            raise
        return
    run("mail.note_sent", actor, [NoteSent(message, sha256(raw).hexdigest(), remarks)])


def composed(company: int, message: int) -> tuple[bytes, str, list[str]]:
    """The bytes of an outgoing message with its files, who sends it and who gets it."""
    reader = Reader(system_actor(company), clock.now())
    head = reader.one(SQL.to_send, id=message)
    files = [
        Enclosed(file.name, file.media_type, store().read(company, file.sha256))
        for file in reader.fetch(SQL.enclosed, id=message)
    ]
    raw = compose(
        head.external_id,
        head.sender_name,
        head.sender,
        head.recipients,
        head.subject,
        with_addresses(head.text, company, head.recipients),
        head.written_at,
        files,
    )
    return raw, head.sender, list(head.recipients)

"""The talk with the mail server (RFC 5321)."""

import smtplib
import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server to hand messages to. `security` is `starttls`, `ssl` or empty; `timeout` in seconds holds for every answer."""

    host: str
    port: int = 25
    user: str = ""
    password: str = ""
    security: str = ""
    timeout: float = 10.0


class NotDelivered(Exception):
    """The server did not take the message. `final` when a repeat cannot help, `unanswered` when it may have taken it after all."""

    def __init__(self, reason: str, final: bool = False, unanswered: bool = False) -> None:
        super().__init__(reason)
        self.final, self.unanswered = final, unanswered


def deliver(server: Server, sender: str, recipients: Sequence[str], raw: bytes) -> str:
    """Hand a message over; returns what was said of recipients that were not taken, while others were.

    Raises NotDelivered. Only when the answer to the content is missing may the server have the message nonetheless.
    """
    try:
        smtp = _connected(server)
    except smtplib.SMTPAuthenticationError as error:
        raise NotDelivered(_said(error)) from error  # the password may be mended meanwhile
    except (OSError, smtplib.SMTPException) as error:
        raise NotDelivered(f"{server.host}:{server.port}: {_said(error)}") from error
    try:
        return _handed_over(smtp, sender, recipients, raw)
    finally:
        with suppress(OSError, smtplib.SMTPException):
            smtp.quit()


def _connected(server: Server) -> smtplib.SMTP:
    if server.security == "ssl":
        context = ssl.create_default_context()
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=server.timeout, context=context)
    else:
        smtp = smtplib.SMTP(server.host, server.port, timeout=server.timeout)
    try:
        if server.security == "starttls":
            smtp.starttls(context=ssl.create_default_context())
        if server.user:
            smtp.login(server.user, server.password)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _handed_over(smtp: smtplib.SMTP, sender: str, recipients: Sequence[str], raw: bytes) -> str:
    try:
        smtp.ehlo_or_helo_if_needed()
        _taken(smtp.mail(sender))
        answers = [(recipient, *smtp.rcpt(recipient)) for recipient in recipients]
    except (OSError, smtplib.SMTPException) as error:
        raise NotDelivered(_said(error)) from error
    refused = [answer for answer in answers if answer[1] not in (250, 251)]
    words = "; ".join(f"{recipient}: {code} {_text(answer)}" for recipient, code, answer in refused)
    if len(refused) == len(answers):
        raise NotDelivered(words, final=all(code >= 500 for _, code, _ in refused))
    try:
        answer = smtp.data(raw)
    except smtplib.SMTPDataError as error:
        raise NotDelivered(_said(error), final=error.smtp_code >= 500) from error
    except (OSError, smtplib.SMTPException) as error:
        raise NotDelivered(_said(error), unanswered=True) from error
    _taken(answer)
    return words


def _taken(answer: tuple[int, bytes]) -> None:
    if answer[0] != 250:
        raise NotDelivered(f"{answer[0]} {_text(answer[1])}", final=answer[0] >= 500)


def _text(answer: bytes) -> str:
    return answer.decode("utf-8", "replace")


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        words = error.smtp_error
        return f"{error.smtp_code} {_text(words) if isinstance(words, bytes) else words}"
    return str(error) or type(error).__name__

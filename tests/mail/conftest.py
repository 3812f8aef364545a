"""A real mail server for every test that wants one."""

import email
import email.policy
import socket
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.test import override_settings


class Postbox:
    """An SMTP server in a thread of its own; `taken` holds raw messages. `answers` are given first, instead of taking one."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.answers: list[str] = []
        self.unknown: set[str] = set()

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: ARG002, N802
        if address in self.unknown:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: ARG002, N802
        if self.answers:
            answer = self.answers.pop(0)
            if answer == "hang up":
                self.taken.append(envelope.content)
                server.transport.abort()
            return answer
        self.taken.append(envelope.content)
        return "250 taken"

    def letters(self) -> list[EmailMessage]:
        return [email.message_from_bytes(raw, policy=email.policy.default) for raw in self.taken]


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    box = Postbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    with override_settings(EMAIL_HOST="127.0.0.1", EMAIL_PORT=port, EMAIL_SECURITY="", EMAIL_TIMEOUT=5):
        yield box
    server.stop()

"""The single-use links of task mails. A token is made of the link's id and this installation's secret, so that it stands neither in
the database nor in the stored text of the mail: the mail carries a mark, which is replaced when it goes over the wire."""

import hashlib
import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Sequence

from django.conf import settings

from orderway.kernel import clock
from orderway.kernel.sql import fetch, statements

SQL = statements("workflow", "links")
_MARK = re.compile(r"\{\{decide:(\d{1,18})\}\}")


def token_of(link: int) -> str:
    """The secret token of a link by its id: 256 bits that nobody without the installation's secret can compute."""
    made = hmac.new(settings.SECRET_KEY.encode(), f"decision-link:{link}".encode(), hashlib.sha256).digest()
    return urlsafe_b64encode(made).rstrip(b"=").decode()


def digest_of(token: str) -> str:
    """What the database keeps of a token: its SHA-256 in hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()


def mark(link: int) -> str:
    """What stands for the address of a link in the stored text of a mail."""
    return f"{{{{decide:{link}}}}}"


def with_addresses(text: str, company: int, recipients: Sequence[str]) -> str:
    """The text of a mail with the addresses of its links, as it goes over the wire.

    A mark stands for an address only where the link was made for a person of the company to whom alone the mail goes: what customers
    write into their orders stands in mails too, and may look like a mark.
    """
    marked = sorted({int(id) for id in _MARK.findall(text)})
    if not marked or len(recipients) != 1:
        return text
    asked = {"ids": marked, "company": company, "recipient": recipients[0]}
    meant = {row.id for row in fetch(SQL.made_for.text(frozenset()), asked)}

    def address(found: re.Match[str]) -> str:
        id = int(found[1])
        return f"{settings.PUBLIC_URL}/decide/{token_of(id)}" if id in meant else found[0]

    return _MARK.sub(address, text)


def link_of(token: str) -> object:
    """The link of a token (id, company_id, work_item_id, person_id, expires_at, used_at, live), or None when nobody made it."""
    rows = fetch(SQL.by_digest.text(frozenset()), {"digest": digest_of(token), "now": clock.now()})
    return rows[0] if rows else None

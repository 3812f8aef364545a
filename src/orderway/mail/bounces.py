"""Mails that came back: what a delivery report says of a mail of ours becomes its state and stands on the desk."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orderway.kernel import desk
from orderway.kernel.context import Context

from .commands import SQL, move

CAME_BACK = "came-back"
"""The code on the desk of a mail that a server took and that came back afterwards."""


@dataclass(frozen=True, slots=True)
class Said:
    """What became of a mail for one recipient: the action, status and diagnostic of RFC 3464, 2.3."""

    recipient: str
    action: str
    status: str = ""
    diagnostic: str = ""

    def words(self) -> str:
        """Who, and why, in one line."""
        return f"{self.recipient}: {self.diagnostic or self.status}"


@dataclass(frozen=True, slots=True)
class Report:
    """A delivery report about the mail with this Message-ID (without angle brackets)."""

    message_id: str
    said: Sequence[Said]

    def of(self, action: str) -> list[Said]:
        """The recipients with this action."""
        return [one for one in self.said if one.action == action]


def note(ctx: Context, reports: Mapping[int, Report]) -> list[int]:
    """Note what reports say of mails we sent; returns the keys of those that are about one. For the floors above.

    A failure makes a sent mail `failed` and puts it on the desk, from where it is sent again; a delay is only noted. A mail that
    waits to be sent again is left alone: the report is about the time before.
    """
    sent = {row.external_id: row.id for row in ctx.fetch(SQL.sent_as, ids=[one.message_id for one in reports.values()])}
    about = {key: sent[one.message_id] for key, one in reports.items() if one.message_id in sent}
    found = {message.id: message for message in ctx.fetch(SQL.lock, ids=sorted(set(about.values())))}
    said: dict[int, dict[str, list[Said]]] = {id: {"failed": [], "delayed": []} for id in found}
    for key, id in about.items():
        for action, lines in said[id].items():
            lines.extend(reports[key].of(action))
    gone = [m for m in found.values() if m.state in ("sent", "failed") or m.unanswered]
    failed = [m for m in gone if said[m.id]["failed"]]
    delayed = [m for m in gone if m.state == "sent" and said[m.id]["delayed"] and not said[m.id]["failed"]]
    _write(ctx, "message.bounced", failed, {m.id: {"state": "failed"} for m in failed}, said, "failed")
    _write(ctx, "message.delayed", delayed, {}, said, "delayed")
    told = [(CAME_BACK, None, m.id, _facts(m, said[m.id]["failed"])) for m in failed]
    desk.put(ctx.actor.company_id, "mail.resend", told)
    return list(about)


def _write(  # one argument a thing that differs between the two
    ctx: Context,
    event: str,
    messages: Sequence[Any],
    new: Mapping[int, Mapping[str, Any]],
    said: Mapping[int, Mapping[str, Sequence[Said]]],
    action: str,
) -> None:
    if messages:
        words = {m.id: "; ".join(one.words() for one in said[m.id][action])[:500] for m in messages}
        move(ctx, event, messages, {m.id: {**new.get(m.id, {}), "error": words[m.id]} for m in messages})


def _facts(message: Any, failed: Sequence[Said]) -> dict[str, str]:
    why = "; ".join(dict.fromkeys(one.diagnostic or one.status for one in failed))
    return {"to": ", ".join(one.recipient for one in failed), "subject": message.subject, "error": why[:500]}

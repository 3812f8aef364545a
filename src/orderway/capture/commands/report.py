"""Reports that a mail of ours did not arrive: they are about that mail and no orders, so they leave the inbox."""

from collections.abc import Sequence
from dataclasses import dataclass

from orderway.kernel.context import Context
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import command
from orderway.mail import bounces
from orderway.mail import commands as mail

from ..rules import REPORT
from .order import move
from .take_in import lock


@dataclass(frozen=True)
class DeliveryReport:
    """An input that reports what became of a mail: what its text says, the mail's Message-ID, and each recipient."""

    id: int
    text: str
    message_id: str
    said: Sequence[bounces.Said]


@command("capture.file_report", row=DeliveryReport)
def file_report(ctx: Context, rows: Sequence[DeliveryReport]) -> Outcome:
    """Note on our mails what reports say of them; a report about a mail we never sent is refused. Only the reading job does this."""
    given = {row.id: row for row in rows}
    may, refused = lock(ctx, "unpack", list(given))
    reports = {i.id: bounces.Report(given[i.id].message_id, given[i.id].said) for i in may}
    ours = set(bounces.note(ctx, reports))
    refused += [Refusal("unknown-message", id) for id in reports if id not in ours]
    about = [intake for intake in may if intake.id in ours]
    if ctx.halts(refused) or not about:
        return Outcome(refused=refused)
    mail.note_texts(ctx, {i.message_id: given[i.id].text for i in about if given[i.id].text})
    move(ctx, "intake.dismissed", about, {i.id: {"state": "not_an_order", "dismissed_as": REPORT} for i in about}, {})
    return Outcome([intake.id for intake in about], refused)

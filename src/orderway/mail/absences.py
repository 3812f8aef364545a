"""What people are told about absences: the one who is away and the one who approves, at every turn; the deputy when it counts."""

from collections.abc import Iterator, Sequence
from typing import Any

from orderway.kernel.context import Context
from orderway.kernel.outcome import Outcome
from orderway.kernel.registry import Ref, command
from orderway.kernel.sql import statements

from .commands import WriteMessage
from .letters import letter, letter_language

SQL = statements("mail", "absences")


@command("mail.tell_absences")
def tell_absences(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """Tell people by mail how their absences stand: asked for, approved, refused, withdrawn; once each."""
    found = ctx.fetch(SQL.absences, ids=[row.id for row in rows])
    ctx.run("mail.write", [mail for absence in found for mail in _mails(absence)], partial=True)
    return Outcome([row.id for row in rows])


def _mails(absence: Any) -> Iterator[WriteMessage]:
    """One a person, who may be approver and deputy in one."""
    told = {absence.person_id: (absence.person_email, absence.person_language, "person")}
    told[absence.approver_id] = (absence.approver_email, absence.approver_language, "approver")
    if absence.deputy_id and (absence.state == "approved" or (absence.state == "withdrawn" and absence.was_approved)):
        told[absence.deputy_id] = (absence.deputy_email, absence.deputy_language, "deputy")
    for person, (address, language, part) in told.items():
        subject, text = letter("mail/absence", language, {"absence": absence, "part": part})
        yield WriteMessage(
            [address],
            subject,
            text,
            f"absence:{absence.id}:{absence.state}:{person}",
            subject_type="absence",
            subject_id=absence.id,
            language=letter_language(language),
        )

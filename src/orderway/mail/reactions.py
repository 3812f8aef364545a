"""What the outbox does with what was written, and what people are told."""

from orderway.kernel.registry import react

from . import absences, notices

__all__ = ["absences", "notices"]

react("message.written", "mail.hand_over")
react("message.resent", "mail.hand_over")
react("absence.requested", "mail.tell_absences")
react("absence.approved", "mail.tell_absences")
react("absence.refused", "mail.tell_absences")
react("absence.withdrawn", "mail.tell_absences")
react("notice.due", "mail.tell_notices")

"""What the outbox does with what was written."""

from orderway.kernel.registry import react

react("message.written", "mail.hand_over")
react("message.resent", "mail.hand_over")

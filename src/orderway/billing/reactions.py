"""What billing does when something happened below it."""

from orderway.kernel.registry import react

from . import mails

__all__ = ["mails"]

react("paper.filed", "billing.send_bills")
react("invoice.reminded", "billing.send_reminders")
react("order.short_shipped", "billing.settle_orders")

"""What production does when something happened below it."""

from orderway.kernel.registry import react

react("order.cancelled", "production.withdraw_tickets")

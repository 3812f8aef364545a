"""What orders do when something happened below them, or to themselves."""

from orderway.kernel.registry import react

from . import mails

__all__ = ["mails"]

react("stock.moved", "orders.serve_waiting")
react("order.cancelled", "orders.serve_freed")
react("order.short_shipped", "orders.serve_freed")
react("order.placed", "orders.send_on_way")
react("decision.published", "orders.rank_anew")
react("order.placed", "orders.label_parcels")
react("order.cancelled", "orders.leave_maps")
react("order.resumed", "orders.send_on_way")
react("order.resumed", "orders.go_on")
react("order.short_shipped", "orders.go_on")
react("order.given_up", "orders.go_on")
react("order.completed", "orders.archive")
react("order.cancelled", "orders.archive")
react("paper.filed", "orders.archive_filed")
react("order.placed", "orders.send_receipts")
react("paper.filed", "orders.send_confirmations")

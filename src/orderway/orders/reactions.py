"""What orders do when something happened below them."""

from orderway.kernel.registry import react

react("stock.moved", "orders.serve_waiting")

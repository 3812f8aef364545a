"""What fulfilment does when something happened below it, or to itself."""

from orderway.kernel.registry import react

from . import mails

__all__ = ["mails"]

react("order.allocated", "fulfilment.release_allocated")
react("shipment.shipped", "fulfilment.backorder", of_root=True)
react("order.prepaid", "fulfilment.release_allocated")
react("shipment.shipped", "fulfilment.send_shipping_mails")
react("booking.wanted", "fulfilment.hand_over_bookings")
react("booking.wanted_again", "fulfilment.hand_over_bookings")
react("shipment.shipped", "fulfilment.drop_bookings")
react("shipment.cancelled", "fulfilment.drop_bookings")
react("order.cancelled", "fulfilment.cancel_shipments")
react("order.short_shipped", "fulfilment.note_rest")
react("order.given_up", "fulfilment.note_rest")

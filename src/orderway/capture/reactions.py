"""What the door does with what came in."""

from orderway.kernel.registry import react

react("intake.received", "capture.queue_reading")
react("intake.unpacked", "capture.queue_reading")
react("intake.taught", "capture.queue_reading")
react("intake.recognised", "capture.order")
react("order.completed", "capture.archive")
react("order.cancelled", "capture.archive")

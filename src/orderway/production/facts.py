"""What maps may ask of print orders: the calculation by what stands in it, so that an approval holds while it says the same."""

from orderway.kernel.sql import statements
from orderway.workflow.facts import facts

facts("order", statements("production", "facts").order, {"calculation": "string"})

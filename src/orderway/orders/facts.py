"""What an order tells the maps: typed columns for conditions, arguments, approvals and work lists."""

from orderway.kernel.sql import statements
from orderway.workflow.facts import facts

SQL = statements("orders", "facts")

facts(
    "order",
    SQL.order,
    {
        "title": "string",
        "number": "string",
        "customer": "string",
        "customer_group": "string",
        "channel": "string",
        "country": "string",
        "postcode": "string",
        "net": "number",
        "currency": "string",
        "prepay_percent": "number",
        "requested_on": "date",
        "lines": "number",
        "made_lines": "number",
        "short_lines": "number",
        "owed_lines": "number",
        "days_left": "number",
        "flag": "string",
        "priority": "number",
    },
    kept={
        "number": "number",
        "channel": "channel",
        "country": "ship_country",
        "postcode": "ship_postcode",
        "net": "net",
        "currency": "currency",
        "prepay_percent": "prepay_percent",
        "requested_on": "requested_on",
        "flag": "flag",
        "priority": "priority",
    },
)

"""Every page and its address: one file a page family, each with its `urls`. The first address that fits is taken."""

from importlib import import_module

from django.urls import URLPattern

FAMILIES = (
    "refusing",  # first: its /inbox/<id>/why-not is taken by no verb of the inbox
    "signing_in",
    "account",
    "live",
    "palette",
    "undo",
    "home",
    "notices",
    "kept_views",
    "exceptions",
    "inbox",
    "work",
    "worklist",
    "worktalk",
    "deciding",
    "order_status",
    "started",
    "starting",
    "absences",
    "calendar",
    "skills",
    "orders",
    "ordering",
    "again",
    "efile",
    "counter",
    "contacts",
    "customers",
    "items",
    "stock",
    "priorities",
    "packing",
    "by_line",
    "carriers",
    "picking",
    "shipping",
    "billing",
    "bills",
    "takings",
    "documents",
    "archive",
    "drawing",
    "publishing",
    "trying",
    "trying_one",
    "moving_over",
    "past",
    "fitting",
    "maps",  # after those: its /maps/<key> takes what no other of them named
    "reasons",
    "ruling",
    "rules",  # after it: its /rules/<key> takes what ruling did not name
    "production",
    "printing",
    "compliance",
    "reports",
    "touches",
    "control",
    "tour",
    "simulated_day",
    "order_page",  # last: its /orders/<id>/<verb> takes what no other family named
)

urlpatterns: list[URLPattern] = [
    address for family in FAMILIES for address in import_module(f"orderway.web.{family}").urls
]

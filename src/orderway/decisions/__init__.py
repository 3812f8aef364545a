"""Decisions by published tables: routing, approvals, assignment, checks. `deciding.decide` decides on a set of subjects."""

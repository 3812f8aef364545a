"""Warehouses, moves, levels, demand and allocation."""

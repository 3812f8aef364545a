"""How amounts and quantities are stored, the same in every table."""

from typing import Any

from django.db import models


def quantity_column(**more: Any) -> "models.DecimalField[Any, Any]":
    """A column for a quantity: 18 digits, 4 of them after the point."""
    return models.DecimalField(max_digits=18, decimal_places=4, **more)


def money_column(**more: Any) -> "models.DecimalField[Any, Any]":
    """A column for an amount: 18 digits, 3 of them after the point, the most that ISO 4217 asks for."""
    return models.DecimalField(max_digits=18, decimal_places=3, **more)

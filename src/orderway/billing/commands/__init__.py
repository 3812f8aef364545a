"""The verbs of billing, one module a family."""

from . import credit, issue, pay, prepay, sell

__all__ = ["credit", "issue", "pay", "prepay", "sell"]

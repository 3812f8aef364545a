"""The verbs of billing, one module a family."""

from . import credit, issue, pay, prepay, remind, sell

__all__ = ["credit", "issue", "pay", "prepay", "remind", "sell"]

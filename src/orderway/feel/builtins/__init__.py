"""The built-in functions of FEEL by name. Source: OMG DMN 1.5, clause 10.3.4."""

from . import contexts, conversion, lists, numbers, ranges, strings, sums, temporals
from .registry import BUILTINS, Builtin

MEMBERS = ("time offset", "start included", "end included")
"""Properties whose names hold spaces (table 65)."""
MODULES = (conversion, strings, numbers, lists, sums, temporals, ranges, contexts)
__all__ = ["BUILTINS", "MEMBERS", "MODULES", "Builtin"]

"""The verbs of production, one module a family."""

from . import estimate, papers, plan, set_up, specify

__all__ = ["estimate", "papers", "plan", "set_up", "specify"]

"""The verbs of the archive: commit, take roots, erase."""

from . import commit, erase, root

__all__ = ["commit", "erase", "root"]

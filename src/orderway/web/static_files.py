"""The addresses of our own styles, scripts and icons: each says which content it stands for.

The server lets browsers keep them for a day. After an upgrade they would show new pages with old styles, and look for parts of
scripts that are no longer there.
"""

from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage

LETTERS = 12


class ByContent(StaticFilesStorage):
    """Static files whose addresses change with their content."""

    def url(self, name: Any) -> str:
        """The address of a file, with the beginning of its SHA-256."""
        mark = _mark(str(name))
        return f"{super().url(name)}?{mark}" if mark else super().url(name)


@cache
def _mark(name: str) -> str:
    found = finders.find(name)
    return sha256(Path(found).read_bytes()).hexdigest()[:LETTERS] if isinstance(found, str) else ""

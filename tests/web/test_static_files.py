"""Styles and scripts have addresses that change with their content, so that nobody sees a new page with old styles after an upgrade."""

import re
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders


def test_each_style_and_script_says_which_content_it_stands_for(as_: Callable[..., Any]) -> None:
    page = as_("manager").get("/orders").content.decode()
    named = re.findall(r'(?:href|src)="/static/([^"?#]+)(?:\?(\w+))?', page)
    assert {name for name, _mark in named} >= {"built/app.js", "built/style.css", "built/icons.svg"}
    for name, mark in set(named):
        assert mark == sha256(Path(str(finders.find(name))).read_bytes()).hexdigest()[:12], name

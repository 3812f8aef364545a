"""The first day of a newcomer, done as the tutorial says it."""

import pytest
from blocks import DOCS, Reader

from orderway.kernel.checking import differences


@pytest.mark.parametrize("path", sorted((DOCS / "tutorial").glob("*.md")), ids=lambda path: path.stem)
def test_a_newcomer_follows_it_to_the_end(shop, path, tmp_path):
    assert Reader(shop, tmp_path).follow(path) >= 10
    assert differences() == []

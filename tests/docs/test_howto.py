"""Every how-to works as it is written."""

import pytest
from blocks import DOCS, Reader

from orderway.kernel.checking import differences

PAGES = sorted(path for path in (DOCS / "how-to").glob("*.md") if path.stem != "README")
# what they describe happens outside of this program: a server of one's own, copies of folders
DONE_ELSEWHERE = {"run-on-your-own-postgresql", "back-up-and-restore", "keep-papers-in-a-bucket", "simulate-a-day"}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_it_works_as_it_is_written(shop, path, tmp_path):
    blocks = Reader(shop, tmp_path).follow(path)
    assert blocks or path.stem in DONE_ELSEWHERE, "a how-to shows what to type"
    assert differences() == [], "afterwards ledgers and events still agree"

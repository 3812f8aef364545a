"""Where the case files are that the readers are measured with."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def cases() -> Path:
    """The folder of case files: ORDERWAY_CASES, else ../shared/cases beside the project; without it the test is skipped."""
    named = os.environ.get("ORDERWAY_CASES")
    folder = Path(named) if named else Path(__file__).parents[2].parent / "shared" / "cases"
    if not folder.is_dir():
        pytest.skip(f"no case files at {folder}: set ORDERWAY_CASES")
    return folder

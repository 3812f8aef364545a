"""The table of the trial trade, for one test."""

import pytest
import workflow_trial


@pytest.fixture
def trial(shop: object) -> object:
    """The print shop with the trial trade beside it."""
    workflow_trial.make_table()
    return shop

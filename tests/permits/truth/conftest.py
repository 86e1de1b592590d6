"""The desk of these tests."""

from typing import Any

import pytest

from tests.permits.conftest import World
from tests.permits.truth.desk import Desk


@pytest.fixture
def desk(world: World, on_day: Any) -> Desk:
    """An instructor's desk, on 30 November 2026."""
    made = Desk(world, on_day)
    made.today("2026-11-30")
    return made

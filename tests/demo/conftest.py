import pytest


@pytest.fixture(scope="session", autouse=True)
def territory(kept_territory: None) -> None:
    """All of them are about the same one."""

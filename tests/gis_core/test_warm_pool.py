"""Connections to the database that are given out: the one that was used last."""

from typing import Any

from django.db import connection

from gis_core.database.backend.base import DatabaseWrapper, WarmPool


def test_the_connection_that_came_back_last_is_given_out_first(db: None) -> None:
    given: dict[str, Any] = connection.get_connection_params() | {"autocommit": True}
    with WarmPool(kwargs=given, min_size=3, max_size=3) as pool:
        pool.wait()
        first, second = pool.getconn(), pool.getconn()
        pool.putconn(first)
        pool.putconn(second)
        assert pool.getconn() is second
        assert pool.getconn() is first


def test_the_site_has_such_a_pool(db: None) -> None:
    """Django makes its own where ours does not come first."""
    options = connection.settings_dict["OPTIONS"] | {"pool": {"min_size": 1}}
    ours = DatabaseWrapper(connection.settings_dict | {"OPTIONS": options}, "pooled")
    try:
        assert isinstance(ours.pool, WarmPool)
    finally:
        ours.close_pool()

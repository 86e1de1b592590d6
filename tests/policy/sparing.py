"""What is the same for each of the table's nine thousand requests, and is done once.

Each request is undone before the next, so that all of them find the sessions and the accounts of the world as they were
made. Rights are resolved and told to the database by each request.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from typing import Any

import pytest
from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, connections, transaction
from psycopg.pq import TransactionStatus


@contextmanager
def sparing() -> Iterator[None]:
    """While these tests run."""
    with pytest.MonkeyPatch.context() as patch:
        remember(patch, SessionStore, "_get_session_from_db", lambda store: store.session_key)
        remember(patch, ModelBackend, "get_user", lambda _backend, key: key)
        patch.setattr(connections["default"], "_savepoint_commit", keep_savepoint)
        # Nobody looks at the context of each template that an answer was made of.
        patch.setattr("django.test.client.store_rendered_templates", lambda *_given, **_named: None)
        yield


def remember(patch: pytest.MonkeyPatch, of: type, name: str, key_of: Any) -> None:
    """What this method finds in the database is asked for once; each asker has a copy."""
    find = getattr(of, name)
    found: dict[Any, Any] = {}

    def give(*given: Any) -> Any:
        key = key_of(*given)
        if (row := found.get(key)) is None and (row := find(*given)) is not None:
            found[key] = copy(row)
        return copy(row)

    patch.setattr(of, name, give)


def keep_savepoint(sid: str) -> None:
    """It goes with the test's own. Where the transaction has failed, its release says so."""
    if connection.connection.info.transaction_status == TransactionStatus.INERROR:
        with connection.cursor() as cursor:
            cursor.execute(connection.ops.savepoint_commit_sql(sid))


def undo() -> None:
    """Back to where the test began: its own savepoint stands, so that none is made for each request."""
    transaction.set_rollback(False)
    transaction.savepoint_rollback(connection.savepoint_ids[-1])

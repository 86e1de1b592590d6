"""The security journal kept by several transactions at once, and sent on meanwhile."""

import threading
from datetime import UTC, datetime
from json import dumps
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, connections

from gis_core.database.statements import fetch_all
from gis_core.journal import keeping, syslog
from tests import factories

pytestmark = pytest.mark.django_db
KEEP = "select arpent.keep_security_events(%s::jsonb)"


@pytest.fixture
def _django_db_helper(database: str) -> None:
    """Rows are kept: another connection sees them, in a copy of the database."""


def line(event: str) -> dict[str, Any]:
    return {"at": datetime.now(UTC).isoformat(), "id": uuid4().hex, "event": event}


def test_a_line_that_commits_late_is_sent_too(settings: Any, tmp_path: Path) -> None:
    settings.SYSLOG = f"file://{tmp_path}/syslog"
    with factories.as_worker():
        fetch_all("select * from arpent.security_events_to_send(%s, 1)", [settings.SYSLOG])
    late = connections.create_connection("default")

    def keep_next() -> None:
        keeping.add([line("second")])
        connection.close()

    thread = threading.Thread(target=keep_next, daemon=True)
    try:
        late.set_autocommit(False)
        with late.cursor() as cursor:
            cursor.execute(KEEP, [dumps([keeping.row_of(line("first"))])])
        thread.start()
        thread.join(0.5)
        with factories.as_worker():
            syslog.send_events()
        late.commit()
    finally:
        late.close()
    thread.join(60)
    with factories.as_worker():
        syslog.send_events()
    sent = [one.split(" - ")[1].split(" ")[-1] for one in (tmp_path / "syslog").read_text().splitlines()]
    assert sent == ["first", "second"]

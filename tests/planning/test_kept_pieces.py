"""Written pieces of what imports replaced: found without reading all that imports replaced."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from gis_core.members.rights import SYSTEM, acting_as
from gis_core.models import ReplacedRow, SourceImport
from layers.planning.services import files
from tests import factories

pytestmark = pytest.mark.django_db
MANY = """
    insert into gis_core_replacedrow (source_import_id, "table", operation, "row", old)
    select %s, 'cadastre_building', 'DELETE', number, '{"insee": "45901"}' from generate_series(1, 20000) number
"""
# Of the 8 kB blocks of the table and its indexes, which are more than a hundred each.
FEW_BLOCKS = 30


@pytest.fixture
def kept() -> None:
    """A document with one piece, and thousands of buildings, as an import replaced them."""
    document = {"folder": "0a1b", "files": [{"name": "reglement.pdf", "path": "reglement.pdf", "size": 1}]}
    with factories.as_owner(), connection.cursor() as cursor:
        made = SourceImport.objects.create(source="plu", title="PLU")
        ReplacedRow.objects.create(
            source_import=made, table="planning_document", operation="DELETE", row=1, old=document
        )
        cursor.execute(MANY, [made.pk])
        cursor.execute("analyze gis_core_replacedrow")


def rows(statement: str) -> list[tuple[Any, ...]]:
    with factories.as_owner(), connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def blocks_read(statement: str) -> int:
    """How many blocks a statement looks at, once the catalogue is known."""
    rows(statement)
    ((found,),) = rows(f"explain (analyze, buffers, format json) {statement}")
    (answer,) = found if isinstance(found, list) else json.loads(found)
    return int(answer["Plan"]["Shared Hit Blocks"] + answer["Plan"]["Shared Read Blocks"])


def test_the_nightly_sweep_leaves_kept_pieces_where_they_are(kept: None, settings: Any, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path
    for name in ("0a1b", "2c3d"):
        (files.root() / name).mkdir(parents=True)
        os.utime(files.root() / name, (0, 0))
    with factories.as_worker(), acting_as(SYSTEM):
        assert files.sweep() == 1
    assert (files.root() / "0a1b").exists()


def test_a_backup_takes_kept_pieces_along(kept: None) -> None:
    assert rows("select * from arpent.files_of_planning()") == [("planning/0a1b/reglement.pdf",)]


@pytest.mark.parametrize(
    "statement",
    [
        "select * from arpent.replaced_values('planning_document', 'folder')",
        "select * from arpent.replaced_values('planning_easementset', 'folder')",
        "select * from arpent.files_of_planning()",
    ],
)
def test_what_else_imports_replaced_is_not_read_for_it(kept: None, statement: str) -> None:
    assert blocks_read(statement) < FEW_BLOCKS

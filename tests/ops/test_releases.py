"""The demo of the last release is restored, upgraded as a site is, and loses nothing: `tests/data/releases`."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest
from django.db import connection
from psycopg import sql

from gis_core.operations.cluster import Cluster
from gis_core.operations.contents import TABLES, write_alike
from gis_core.operations.environment import DATABASE, ROOT, Place, variables
from gis_core.operations.manage import command_line
from gis_core.operations.restore import restore, verify
from gis_core.version import VERSION
from tests import factories
from tests.golden.test_schema import CATALOGUES
from tests.ops.conftest import temporary_place

pytestmark = pytest.mark.slow
RELEASES = ROOT / "tests" / "data" / "releases"
LARGEST_BYTES = 2_000_000
# Rows that say which migrations, kinds of rows and permissions there are: an upgrade adds to them.
GROWING = {"public.django_migrations", "public.django_content_type", "public.auth_permission"}
# Tables whose rows an upgrade from the last release changes on purpose.
# The legend of the layer of permits has the states that follow a decision.
CHANGED = {"public.catalogue_layer", "public.gis_core_historyevent", "public.gis_core_rowhistory"}
DIGEST = "select count(*), coalesce(sum(hashtextextended(row({columns})::text, 0)), 0)::text from {table}"

type Connection = psycopg.Connection[tuple[Any, ...]]
type Rows = dict[str, tuple[int, str]]
type Schema = dict[str, set[str]]


class Upgraded(NamedTuple):
    """The rows of the tables that the release had before and after its upgrade, and the schema after."""

    before: Rows
    after: Rows
    schema: Schema
    said_by_check: str


def archives() -> list[Path]:
    """The dumps of releases, the oldest first."""
    return sorted(RELEASES.glob("*.tar"), key=lambda path: tuple(map(int, path.stem.split("."))))


def columns_of(database: Connection) -> dict[tuple[str, str], list[str]]:
    return {(schema, table): columns for schema, table, columns in database.execute(TABLES).fetchall()}


def rows_of(database: Connection, wanted: dict[tuple[str, str], list[str]]) -> Rows:
    """Number and digest of the rows of these tables, as far as they still have these columns."""
    write_alike(database)
    there, rows = columns_of(database), {}
    for (schema, table), columns in wanted.items():
        left = [column for column in columns if column in there.get((schema, table), [])]
        statement = sql.SQL(DIGEST).format(
            columns=sql.SQL(", ").join(map(sql.Identifier, left)), table=sql.Identifier(schema, table)
        )
        count, digest = database.execute(statement).fetchone() or (0, "")
        rows[f"{schema}.{table}"] = (count, digest)
    return rows


def lines(cursor: Any, catalogue: str) -> set[str]:
    """What a catalogue says, as PostgreSQL writes it."""
    cursor.execute(f"select q::text from ({CATALOGUES[catalogue]}) q")
    return {line for (line,) in cursor.fetchall()}


@pytest.fixture(scope="module")
def upgraded() -> Iterator[Upgraded]:
    with temporary_place() as place:
        restore(place, archives()[-1], force=False)
        yield upgrade(place)


def upgrade(place: Place) -> Upgraded:
    """As docs/how-to/installer.md says: `./arpent manage migrate`."""
    cluster = Cluster(place)
    with cluster.lease():
        with cluster.connect(DATABASE) as database:
            columns = columns_of(database)
            before = rows_of(database, columns)
        run(place, "migrate", "--noinput")
        with cluster.connect(DATABASE) as database:
            after = rows_of(database, columns)
            schema = {name: lines(database.cursor(), name) for name in CATALOGUES}
        return Upgraded(before, after, schema, run(place, "check", "--database", "default"))


def run(place: Place, *arguments: str) -> str:
    env = variables(place, "owner")
    done = subprocess.run(command_line(*arguments), env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.django_db
@pytest.mark.parametrize("catalogue", CATALOGUES)
def test_what_is_upgraded_is_made_as_what_is_new(upgraded: Upgraded, catalogue: str):
    with factories.as_owner(), connection.cursor() as cursor:
        cursor.execute("set local search_path = ''")
        new = lines(cursor, catalogue)
    new, old = {plain(line) for line in new}, {plain(line) for line in upgraded.schema[catalogue]}
    assert sorted(new - old) == []
    assert [line for line in sorted(old - new) if not of_a_layer_of_the_demo(line)] == []


def plain(line: str) -> str:
    """Without parentheses and casts: PostgreSQL writes the same conditions in another way once they were saved and
    restored (`(a AND b) AND c`, `ARRAY['x']::text[]`).
    """
    return re.sub(r"::(character varying|double precision|timestamp with time zone|\w+)(\[\])?|[()]", "", line)


def of_a_layer_of_the_demo(line: str) -> bool:
    """Whether it is about a table that was made at run time: a new database has none."""
    return line.startswith("public.layer_")


def test_no_row_is_lost_or_changed(upgraded: Upgraded):
    different = {table for table, rows in upgraded.before.items() if upgraded.after[table] != rows}
    assert different - GROWING - CHANGED == set()


def test_tables_that_grow_lose_nothing(upgraded: Upgraded):
    assert [table for table in GROWING if upgraded.after[table][0] < upgraded.before[table][0]] == []


def test_the_upgraded_site_passes_its_checks(upgraded: Upgraded):
    assert "no issues" in upgraded.said_by_check


def test_the_dump_holds_most_tables_with_rows():
    tables = verify(archives()[-1])["tables"]
    empty = [table for table, (rows, _digest) in tables.items() if not rows]
    assert len(empty) < len(tables) / 2, empty


def test_this_release_has_a_dump():
    assert archives()[-1].stem == VERSION, "./arpent manage release_dump"


@pytest.mark.parametrize("archive", archives(), ids=lambda path: path.stem)
def test_dumps_are_small(archive: Path):
    assert archive.stat().st_size < LARGEST_BYTES

"""A member with a territory, its GIS administrator, and the way of a file from the inbox to a layer."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import shapely
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from psycopg import sql

from gis_core import tasks as jobs
from gis_core.members.rights import Rights, Role, acting_as, rights_of
from gis_core.models import Job, Member, User
from layers.catalogue.models import Layer, Theme
from layers.intake import tasks
from layers.intake.choices import Choices, Description, Mode, Opening, default_fields, default_title_field, kinds_of
from layers.intake.choices import match_fields as matched
from layers.intake.layer_sources import LAYER
from layers.intake.models import FileImport
from layers.intake.services import deliveries, imports, ordering
from layers.intake.services.deliveries import layer_of
from layers.intake.services.reading import crs_of
from tests import factories
from tests.geopackages import Row, geopackage

WORK = {
    "inspect_delivery": tasks.inspect_delivery,
    "prepare_import": tasks.prepare_import,
    "apply_import": tasks.apply_layer_import,
    "take_back_import": tasks.revert_import,
}
EAST, NORTH = factories.ORIGIN


def point(number: int, **values: Any) -> Row:
    """A point in the territory, ten metres further for each number."""
    return shapely.Point(EAST + 10 * number, NORTH + 10), {"ref": f"P{number}", "nom": f"Objet {number}", **values}


def square(number: int, **values: Any) -> Row:
    west = EAST + 20 * number
    return shapely.box(west, NORTH, west + 10, NORTH + 10), {"ref": f"S{number}", **values}


@dataclass
class Desk:
    """What an administrator does, step by step; jobs are done at once, as a worker would."""

    member: Member
    user: User
    rights: Rights
    folder: Path

    @contextmanager
    def asking(self) -> Iterator[None]:
        """A request of theirs: their rights, one transaction."""
        with acting_as(self.rights), transaction.atomic():
            yield

    def deliver(self, *paths: Path) -> FileImport:
        files: list[Any] = [SimpleUploadedFile(path.name, path.read_bytes()) for path in paths]
        with self.asking():
            made = deliveries.receive(files=files, member="", user=self.user, rights=self.rights)
        self.work_off()
        with self.asking():
            made.refresh_from_db()
        return made

    def file(self, rows: Sequence[Row], name: str = "objets", **options: Any) -> FileImport:
        """A GeoPackage with these rows, delivered and inspected."""
        path = self.folder / f"{name}.gpkg"
        path.unlink(missing_ok=True)
        return self.deliver(geopackage(path, rows, name=name, **options))

    def choices(self, delivery: FileImport, number: int = 1, **changes: Any) -> Choices:
        """What the wizard proposes for a new layer."""
        layer = layer_of(delivery, number)[1]
        fields = default_fields(layer)
        described = Description(
            slug="", title="Objets", theme="essai", title_field=default_title_field(fields), visibility="owner"
        )
        given = Choices(
            fields=fields,
            geometry=next(iter(kinds_of(layer)), "point"),
            opening=Opening(crs=crs_of(layer)),
            layer=described,
        )
        return replace(given, **changes)

    def onto(self, delivery: FileImport, layer: Layer, number: int = 1, **changes: Any) -> Choices:
        """What the wizard proposes for a layer that exists."""
        found = layer_of(delivery, number)[1]
        with self.asking():
            layer.refresh_from_db()
        fields = matched(found, layer.columns)
        given = self.choices(delivery, number)
        return replace(
            given, fields=fields, layer=None, geometry=layer.geometry_type, **{"key": layer.key_column} | changes
        )

    def order(
        self, delivery: FileImport, mode: str, choices: Choices, layer: Layer | None = None, number: int = 1
    ) -> FileImport:
        with self.asking():
            made = ordering.order(
                *(delivery, number),
                mode=Mode(mode),
                layer=layer,
                choices=choices,
                user=self.user,
                rights=self.rights,
            )
        self.work_off()
        return self.again(made)

    def apply(self, made: FileImport) -> FileImport:
        with self.asking():
            imports.start_applying(LAYER, made.pk, user=self.user, rights=self.rights)
        self.work_off()
        return self.again(made)

    def take_back(self, made: FileImport, *, confirmed: bool = False) -> FileImport:
        with self.asking():
            imports.start_reverting(LAYER, made.pk, {"confirmed": confirmed}, user=self.user, rights=self.rights)
        self.work_off()
        return self.again(made)

    def again(self, made: FileImport) -> FileImport:
        with self.asking():
            return ordering.import_of(made.pk, self.rights)

    def published(self, rows: Sequence[Row], **changes: Any) -> FileImport:
        """A new layer of these rows."""
        delivery = self.file(rows)
        made = self.apply(self.order(delivery, "create", self.choices(delivery, **changes)))
        assert made.state == FileImport.State.APPLIED, made.message
        return made

    def brought(self, mode: str, layer: Layer | None, rows: Sequence[Row], **changes: Any) -> FileImport:
        """Rows tried out onto a layer that exists."""
        assert layer is not None
        delivery = self.file(rows, "suite")
        return self.order(delivery, mode, self.onto(delivery, layer, **changes), layer)

    def work_off(self) -> None:
        """Do the jobs that wait, as a worker would."""
        with self.asking():
            waiting = list(Job.objects.filter(state=Job.State.WAITING, kind__in=list(WORK)).order_by("id"))
        for job in waiting:
            with factories.as_worker():
                jobs.run(job, WORK[job.kind])
                committed()


def committed() -> None:
    """Forget what the end of a job's transaction forgets: a test is one transaction."""
    temporary = ", ".join(f"pg_temp.{name}" for name in ("staged", "added", "changed", "removed", "former"))
    with connection.cursor() as cursor:
        cursor.execute("drop table if exists " + temporary)
        cursor.execute(
            "select set_config('arpent.event_' || oid, '', true) from pg_class"
            " where relname like 'layer\\_%' or relname = 'catalogue_layer'"
        )


def rows_of(layer: Layer | None, *columns: str) -> list[tuple[Any, ...]]:
    """The rows of a layer's table, in the order of their ids."""
    assert layer is not None
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    statement = sql.SQL("select {} from {} order by id").format(names, sql.Identifier(layer.table))
    with factories.as_worker(), connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def edit(layer: Layer | None, where: Mapping[str, Any], **values: Any) -> None:
    """Somebody edits a row of the layer."""
    assert layer is not None
    ((name, value),) = where.items()
    pairs = sql.SQL(", ").join(sql.SQL("{} = {}").format(sql.Identifier(one), sql.Placeholder()) for one in values)
    statement = sql.SQL("update {} set {} where {} = %s").format(
        sql.Identifier(layer.table), pairs, sql.Identifier(name)
    )
    with factories.as_worker(), connection.cursor() as cursor:
        cursor.execute(statement, [*values.values(), value])


@pytest.fixture(autouse=True)
def no_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test's rows are not committed: another connection would wait for them."""
    monkeypatch.setattr("gis_core.jobs.services.ProgressWriter.write", lambda *_arguments: None)


@pytest.fixture
def inbox(settings: Any, tmp_path: Path) -> Path:
    settings.INBOX_DIR = tmp_path / "inbox"
    settings.INBOX_DIR.mkdir()
    return Path(settings.INBOX_DIR)


@pytest.fixture
def desk(db: None, inbox: Path, tmp_path: Path) -> Desk:
    """The GIS administrator of a member whose territory is 4 km wide."""
    with factories.as_owner():
        Theme.objects.get_or_create(slug="essai", defaults={"title": "Essai"})
    return desk_of(factories.member(factories.commune()), tmp_path)


def desk_of(member: Member, folder: Path, role: str = Role.GIS_ADMINISTRATOR) -> Desk:
    user = factories.user(member, role)
    return Desk(member, user, rights_of(user), folder)

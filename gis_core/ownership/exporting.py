"""Everything of a member as one ZIP: rows, documents, history, people, and a manifest of counts and SHA-256."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import batched, chain
from pathlib import Path
from typing import IO, Any, Final

from django.conf import settings
from django.utils.translation import gettext as _
from psycopg import sql

from gis_core.database import clock as database_clock
from gis_core.database.statements import fetch_all, fetch_one
from gis_core.errors import Unavailable
from gis_core.files.kept_files import PARTIAL
from gis_core.files.writing.csvtext import csv_file_of_cells, csv_lines, escape_formula
from gis_core.files.writing.process import Child
from gis_core.files.writing.rows import Column, Kind
from gis_core.files.writing.wire import FileLayer, Order
from gis_core.models import Member
from gis_core.ownership import reading_text
from gis_core.ownership.archive import MANIFEST, Archive, Entry, digest_of
from gis_core.ownership.declarations import MADE_TABLES
from gis_core.ownership.tables import (
    AT_A_TIME,
    MemberTable,
    binary_columns,
    columns_of,
    count,
    file_names,
    history_of,
    select_rows,
    stream,
    tables_of,
)
from gis_core.version import VERSION

FORMAT: Final = "arpent-membre/1"
KINDS: Final[dict[str, Kind]] = {
    "bigint": "integer",
    "integer": "integer",
    "smallint": "integer",
    "double precision": "number",
    "boolean": "boolean",
    "date": "date",
}
PEOPLE: Final = """
    select to_jsonb(person) from (select u.id, u.username, u.email, u.first_name, u.last_name, u.language, u.is_active,
        u.date_joined, u.last_login, m.role, m.created_at, m.accepted_at, m.invited_email, (
            select string_agg(t.insee, ' ' order by t.insee)
            from public.gis_core_townhall t where t.membership_id = m.id) as communes
    from public.gis_core_membership m join public.gis_core_user u on u.id = m.user_id
    where m.member_id = %s order by u.id) person
"""

type Progress = Callable[[float, str], None]


@dataclass(slots=True)
class Exporting:
    """An export in the making. `photos`: the heavy files are in it, and not only their list."""

    member: Member
    archive: Archive
    photos: bool
    progress: Progress
    tables: list[dict[str, Any]] = field(default_factory=list)
    documents: list[dict[str, Any]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    heavy: dict[str, dict[str, Any]] = field(default_factory=dict)
    history: list[dict[str, Any]] = field(default_factory=list)


def export_member(
    member: Member, path: Path, *, photos: bool = False, progress: Progress = lambda _share, _text: None
) -> dict[str, Any]:
    """Write the archive of a member, whole or not at all; returns its manifest. Raises Unavailable (disk full).

    To be called in a transaction that sees every row: as the worker, or as the owner of the tables.
    """
    partial = path.with_name(path.name + PARTIAL)
    try:
        with Archive(partial) as archive:
            manifest = write_all(Exporting(member, archive, photos, progress))
        partial.replace(path)
    except OSError as error:
        raise Unavailable(_("The file cannot be kept: the disk is full or not writable.")) from error
    finally:
        partial.unlink(missing_ok=True)
    return manifest


def write_all(making: Exporting) -> dict[str, Any]:
    member, archive = making.member, making.archive
    present = [(table, rows) for table in tables_of(member) if (rows := count(table))]
    total = sum(rows for _table, rows in present) or 1
    done = 0
    for table, rows in present:
        write_table(making, table)
        done += rows
        making.progress(0.6 * done / total, f"{table.title} : {rows}")
    write_geopackage(making, [table for table, _rows in present])
    write_history(making)
    write_people(making)
    making.progress(0.95, _("Finishing the file"))
    if making.heavy:
        rows_of_list = [list(one.values()) for one in making.heavy.values()]
        with archive.open("photos-et-altitudes.csv") as sink:
            sink.write(csv_file_of_cells([["fichier", "octets", "sha256"], *rows_of_list]))
    manifest = {
        "format": FORMAT,
        "arpent": VERSION,
        "made_at": database_clock.now().isoformat(),
        "member": {"slug": member.slug, "name": member.name, "siren": member.siren, "id": member.pk},
        "tables": making.tables,
        "documents": making.documents,
        "missing_documents": making.missing,
        "heavy_files": {"included": making.photos, "count": len(making.heavy)},
        "history": making.history,
    }
    archive.add_text("LISEZMOI.txt", reading_text.readme(manifest))
    manifest["files"] = [entry.as_json() for entry in archive.entries]
    archive.add_json(MANIFEST, manifest)
    return manifest


# -- rows -------------------------------------------------------------------------------------------------------------


def write_table(making: Exporting, table: MemberTable) -> None:
    """Its rows as lines of JSON, and as CSV where they have no geometry; then the files that they name."""
    names = [name for name, _type in columns_of(table.table)]
    rows = 0
    with tempfile.TemporaryFile() as sheet:
        flat = "geom" not in names
        with making.archive.open(f"donnees/{table.table}.jsonl") as sink, tempfile.TemporaryFile() as noted:
            for (line,) in stream(select_rows(table)):
                sink.write(line.encode() + b"\n")
                rows += 1
                row = json.loads(line)
                if flat:
                    sheet.write(csv_file_of_cells([list(row)]) if rows == 1 else b"")
                    sheet.write(csv_lines([[cell_of(value) for value in row.values()]]))
                note_files(table, row, noted)
            noted.seek(0)
            making.tables.append(
                {
                    "table": table.table,
                    "model": table.declared.model if table.declared else None,
                    "title": table.title,
                    "rows": rows,
                    "archive": table.archive,
                    "file": sink.entry.name,
                }
            )
            names_of_files = [json.loads(one) for one in noted.read().splitlines()]
        if flat:
            add_open_file(making.archive, f"tableurs/{table.table}.csv", sheet)
    for name in names_of_files:
        add_file(making, table, name)
    write_binaries(making, table)


def add_open_file(archive: Archive, name: str, content: IO[bytes]) -> None:
    content.seek(0)
    with archive.open(name) as sink:
        while block := content.read(1 << 20):
            sink.write(block)


def cell_of(value: Any) -> str:
    """A cell of a spreadsheet: lists and objects as JSON, and nothing that would be taken for a formula."""
    if isinstance(value, str):
        return escape_formula(value)
    return "" if value is None else json.dumps(value, ensure_ascii=False)


# -- files ------------------------------------------------------------------------------------------------------------


def note_files(table: MemberTable, row: dict[str, Any], noted: IO[bytes]) -> None:
    """Keep on the disk which files a row names: there may be many."""
    for name in file_names(row, table.declared):
        noted.write(json.dumps([name, row.get("sha256", "")]).encode() + b"\n")


def files_below(name: str) -> Iterator[tuple[str, Path]]:
    """The files of a name below the folder of files: itself, or those of a folder; (name, path)."""
    root = Path(settings.FILES_DIR).resolve()
    path = (root / name).resolve()
    if root not in path.parents:
        return
    if name.endswith("/"):
        for one in sorted(path.rglob("*")) if path.is_dir() else []:
            if one.is_file() and not one.is_symlink():
                yield one.relative_to(root).as_posix(), one
    else:
        yield name, path


def add_file(making: Exporting, table: MemberTable, kept: list[str]) -> None:
    name, expected = kept
    apart = table.declared is not None and table.declared.heavy and not making.photos
    for relative, path in files_below(name):
        try:
            if apart:
                with path.open("rb") as read:
                    size, digest = digest_of(read)
                making.heavy[relative] = {"fichier": relative, "octets": size, "sha256": digest}
                continue
            entry = making.archive.add(f"documents/{relative}", path)
        except FileNotFoundError:
            making.missing.append(relative)
            continue
        describe_document(making, table, entry, expected, relative)


def describe_document(making: Exporting, table: MemberTable, entry: Entry, expected: str, path: str) -> None:
    """What the manifest says of a document; `same` is false where it is not the one that its row describes."""
    same = not expected or entry.sha256 == expected
    making.documents.append({**entry.as_json(), "table": table.table, "path": path, "same": same})


def write_binaries(making: Exporting, table: MemberTable) -> None:
    """Documents that lie in the rows themselves, one at a time."""
    for column in binary_columns(table):
        ids = fetch_all(
            sql.SQL("select id from {} where {} and {} is not null order by id").format(
                table.name(), table.where, sql.Identifier(column)
            )
        )
        for (number,) in ids:
            (content,) = fetch_one(
                sql.SQL("select {} from {} where id = %s").format(sql.Identifier(column), table.name()), [number]
            )
            if not content:
                continue
            suffix = column if column in ("pdf", "docx") else "png" if bytes(content[:4]) == b"\x89PNG" else "jpg"
            with making.archive.open(f"documents/{table.table}/{number}.{suffix}") as sink:
                sink.write(bytes(content))
            describe_document(making, table, sink.entry, "", f"{table.table}/{number}.{column}")


# -- GeoPackage, history, people --------------------------------------------------------------------------------------


def write_geopackage(making: Exporting, tables: list[MemberTable]) -> None:
    """Every table that has a geometry, with the style of its layer, in one GeoPackage."""
    with_geometry = [one for one in tables if not one.closed and ("geom" in dict(columns_of(one.table)))]
    if not with_geometry:
        return
    with tempfile.TemporaryDirectory(prefix="arpent-export-") as folder:
        order = Order("gpkg", Path(folder), "donnees")
        with Child(order) as child:
            for rank, table in enumerate(with_geometry):
                making.progress(0.6 + 0.2 * rank / len(with_geometry), table.title)
                columns = spatial_columns(table)
                style = MADE_TABLES.the().style_of(table.table)
                child.layer(FileLayer(name=table.table, title=table.title, columns=columns, style=style))
                for rows in batched(stream(spatial_rows(table, columns)), AT_A_TIME, strict=False):
                    child.rows(rows)
                child.end_layer()
            child.finish()
        making.archive.add("donnees.gpkg", order.path)


def spatial_columns(table: MemberTable) -> list[Column]:
    hidden = {"id", "geom", *binary_columns(table)}
    others = [(name, kind) for name, kind in columns_of(table.table) if name not in hidden and "geometry" not in kind]
    return [Column("id", "id", "integer"), *(Column(name, name, kind_of(kind)) for name, kind in others)]


def kind_of(kind: str) -> Kind:
    return "datetime" if kind.startswith("timestamp") else KINDS.get(kind, "text")


def spatial_rows(table: MemberTable, columns: list[Column]) -> sql.Composable:
    cells = [
        sql.SQL("{}::text" if column.kind == "text" else "{}").format(sql.Identifier(column.name)) for column in columns
    ]
    return sql.SQL("select {}, st_asbinary(geom, 'NDR') from {} where {} order by id").format(
        sql.SQL(", ").join(cells), table.name(), table.where
    )


def write_history(making: Exporting) -> None:
    """What the history keeps of each table's rows, removed ones among them, as lines of JSON."""
    tables = [one for one in tables_of(making.member) if not one.closed]
    for rank, table in enumerate(tables):
        making.progress(0.8 + 0.15 * rank / len(tables), _("History"))
        lines = stream(sql.SQL("select h.line::text from {}").format(history_of(table)))
        first = next(lines, None)
        if first is None:
            continue
        rows = 0
        with making.archive.open(f"historique/{table.table}.jsonl") as sink:
            for (line,) in chain([first], lines):
                sink.write(line.encode() + b"\n")
                rows += 1
        making.history.append({"table": table.table, "rows": rows, "file": sink.entry.name})


def write_people(making: Exporting) -> None:
    """Who comes in and with which role: no password, no token."""
    people = [json.loads(row) for (row,) in fetch_all(PEOPLE, [making.member.pk])]
    making.archive.add_json("personnes-et-droits.json", people)

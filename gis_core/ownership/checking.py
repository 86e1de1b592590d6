"""Reading an export back: every file is the one of the manifest, every row the one of the database now."""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

from gis_core.errors import Invalid
from gis_core.models import Member
from gis_core.ownership.archive import MANIFEST, digest_of
from gis_core.ownership.exporting import FORMAT, files_below
from gis_core.ownership.tables import MemberTable, count, file_names, select_rows, stream, tables_of

LARGEST_MANIFEST = 500_000_000
LIVELY = frozenset({"gis_core_job", "gis_core_daymeasure", "gis_core_alert"})
"""Tables whose rows the platform itself writes while nobody works: what they say is not compared."""


@dataclass(slots=True)
class Checked:
    """What was read back: the manifest, the SHA-256 of the archive, and what is wrong, in French."""

    manifest: dict[str, Any]
    sha256: str
    faults: list[str] = field(default_factory=list)


def read_export(path: Path, member: Member) -> Checked:
    """Read an export back against its own manifest. Raises Invalid where it is no export of this member."""
    try:
        with path.open("rb") as whole:
            _size, sha256 = digest_of(whole)
        with zipfile.ZipFile(path) as archive:
            checked = Checked(read_manifest(archive), sha256)
            if checked.manifest["member"]["siren"] != member.siren or checked.manifest["member"]["id"] != member.pk:
                raise Invalid(f"{path.name} est l'export de {checked.manifest['member']['name']}, pas de {member}.")
            check_entries(archive, checked)
    except (OSError, zipfile.BadZipFile, zlib.error, EOFError, KeyError, TypeError, ValueError) as error:
        raise Invalid(
            f"{path.name} n'est pas un export de membre entier : refaites-le par ./arpent manage export_member."
        ) from error
    return checked


def compare_export(checked: Checked, member: Member) -> None:
    """Note as faults what the database and the disk say otherwise now."""
    check_rows(checked, member)
    check_documents(checked, member)


def read_manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    if archive.getinfo(MANIFEST).file_size > LARGEST_MANIFEST:
        raise ValueError
    manifest: dict[str, Any] = json.loads(archive.read(MANIFEST))
    if manifest["format"] != FORMAT:
        raise ValueError
    return manifest


def check_entries(archive: zipfile.ZipFile, checked: Checked) -> None:
    """Each file has the size and the SHA-256 of the manifest; none is missing, none is there besides."""
    expected = {one["file"]: one for one in checked.manifest["files"]}
    present = set(archive.namelist()) - {MANIFEST}
    if present != set(expected):
        checked.faults.append("les fichiers de l'archive ne sont pas ceux du manifeste")
    for name in sorted(present & set(expected)):
        with archive.open(name) as read:
            size, digest = digest_of(read)
        if (size, digest) != (expected[name]["bytes"], expected[name]["sha256"]):
            checked.faults.append(f"{name} n'est pas celui du manifeste")


def check_rows(checked: Checked, member: Member) -> None:
    """Each table has the rows that it has now, byte for byte."""
    digests = {one["file"]: one["sha256"] for one in checked.manifest["files"]}
    exported = {one["table"]: one for one in checked.manifest["tables"]}
    for table in tables_of(member):
        if table.table in LIVELY:
            continue
        rows, kept = count(table), exported.pop(table.table, None)
        if rows != (kept["rows"] if kept else 0):
            checked.faults.append(f"{table.title} : {kept['rows'] if kept else 0} lignes exportées, {rows} maintenant")
        elif kept and digest_rows(table) != digests.get(kept["file"]):
            checked.faults.append(f"{table.title} : des lignes ont changé depuis l'export")
    exported = {name: one for name, one in exported.items() if name not in LIVELY}
    checked.faults.extend(f"{one['title']} : exportée, et la table n'est plus là" for one in exported.values())


def digest_rows(table: MemberTable) -> str:
    digest = hashlib.sha256()
    for (line,) in stream(select_rows(table)):
        digest.update(line.encode() + b"\n")
    return digest.hexdigest()


def check_documents(checked: Checked, member: Member) -> None:
    """Each document of the disk that rows name is in the archive, the same; heavy ones are in its list."""
    by_path = {one["path"]: one for one in checked.manifest["documents"]}
    missing = set(checked.manifest["missing_documents"])
    heavy = checked.manifest["heavy_files"]
    for table in tables_of(member):
        if table.declared is None or (table.declared.heavy and not heavy["included"]):
            continue
        for name in names_of_files(table):
            for relative, path in files_below(name):
                check_document(checked, by_path, missing, relative, path)


def check_document(checked: Checked, by_path: dict[str, Any], missing: set[str], relative: str, path: Path) -> None:
    if not path.is_file():
        if relative not in missing:
            checked.faults.append(f"{relative} manque sur le disque depuis l'export")
        return
    if relative not in by_path:
        checked.faults.append(f"{relative} n'est pas dans l'export")
        return
    with path.open("rb") as read:
        if digest_of(read)[1] != by_path[relative]["sha256"]:
            checked.faults.append(f"{relative} a changé depuis l'export")


def names_of_files(table: MemberTable) -> list[str]:
    """The names of the files of a table's rows, below the folder of files, each once."""
    if table.declared is None or not table.declared.files:
        return []
    rows = (json.loads(line) for (line,) in stream(select_rows(table)))
    return sorted({name for row in rows for name in file_names(row, table.declared)})


def files_root() -> Path:
    return Path(settings.FILES_DIR)

"""What was removed, and that nothing else was: as JSON for machines, and as PDF for the file of the convention."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.template.loader import render_to_string

from gis_core.database import clock as database_clock
from gis_core.files.kept_files import PARTIAL
from gis_core.files.writing.paper import typeset
from gis_core.ownership.checking import Checked
from gis_core.ownership.reading_text import instant_text
from gis_core.ownership.removing import Departure, Removed, Visa
from gis_core.version import VERSION

STYLES: Final = Path(__file__).with_name("proof.css")
PERSON_FATES: Final = {
    "erase": "effacé",
    "anonymise": "rendu anonyme",
    "keep": "conservé par la loi",
    "nothing": "sans nom de personne",
}


def proof_of(
    departure: Departure, removed: Removed, checked: Checked, visa: Visa | None, people: list[str]
) -> dict[str, Any]:
    """The proof of a removal, before it is committed."""
    member = departure.member
    titles = {table.table: table.title for table, _rows in departure.tables}
    titles |= {given.table: given.title for given in departure.given}
    titles |= {hanging.table: hanging.title for hanging in departure.detached}
    tables = [
        {
            "table": name,
            "title": titles.get(name, ""),
            "before": rows,
            "of_the_member": removed.own.get(name, 0),
            "of_its_people": removed.of_people.get(name, 0),
            "after": removed.after.get(name, 0),
            "others_written": removed.touched.get(name, 0),
        }
        for name, rows in removed.before.items()
    ]
    return {
        "format": "arpent-depart/1",
        "arpent": VERSION,
        "removed_at": database_clock.now().isoformat(),
        "member": {"slug": member.slug, "name": member.name, "siren": member.siren, "id": member.pk},
        "export": {"sha256": checked.sha256, "made_at": checked.manifest["made_at"]},
        "visa": visa.as_json() if visa else None,
        "people": people,
        "tables": tables,
        "detached": [one.as_json() for one in removed.detached if not one.deleted],
        "deleted_with": [one.as_json() for one in removed.detached if one.deleted],
        "given_layers": [[one.title, one.owner, one.rows] for one in departure.given],
        "accounts_made_anonymous": removed.accounts,
        "history_removed": removed.history,
        "files": removed.files,
        "files_set_aside_days": settings.RECOVERY_DAYS,
    }


SUFFIXES: Final = (".json", ".pdf")


def names_of(stem: Path) -> list[Path]:
    """The two files of a report: as JSON, and to be read."""
    return [stem.with_name(stem.name + suffix) for suffix in SUFFIXES]


def partial_of(stem: Path, suffix: str) -> Path:
    return stem.with_name(stem.name + suffix + PARTIAL)


def publish(stem: Path) -> None:
    """Give both files their names: what they say was committed."""
    for suffix, path in zip(SUFFIXES, names_of(stem), strict=True):
        partial_of(stem, suffix).replace(path)


def discard(stem: Path) -> None:
    """Nothing was committed: no file says that it was."""
    for suffix in SUFFIXES:
        partial_of(stem, suffix).unlink(missing_ok=True)


def write_proof(proof: dict[str, Any], stem: Path) -> str:
    """Write `<stem>.json` and `<stem>.pdf`, to be named once all is committed (`publish`); the SHA-256 of the JSON."""
    text = (json.dumps(proof, ensure_ascii=False, indent=1) + "\n").encode()
    partial_of(stem, ".json").write_bytes(text)
    digest = hashlib.sha256(text).hexdigest()
    changed = [one for one in proof["tables"] if one["before"] != one["after"] or one["others_written"]]
    page = render_to_string(
        "ownership/proof.html",
        {
            "proof": proof,
            "removed_at": instant_text(proof["removed_at"]),
            "exported_at": instant_text(proof["export"]["made_at"]),
            "visa_day": date.fromisoformat(proof["visa"]["date"]) if proof["visa"] else None,
            "changed": changed,
            "unchanged": [one for one in proof["tables"] if one not in changed],
            "total": sum(one["of_the_member"] for one in changed),
            "digest": digest,
        },
    )
    partial_of(stem, ".pdf").write_bytes(typeset(page, STYLES, {}))
    return digest


def label_of(mark: str, column: str) -> str:
    """What a column is called on pages; its own name where no page shows it."""
    fields = apps.get_model(mark.partition(":")[0])._meta.concrete_fields
    return next((str(one.verbose_name) for one in fields if one.column == column), column)


def write_person(report: dict[str, Any], stem: Path) -> None:
    """What is given to a person who asked: `<stem>.json`, and `<stem>.pdf` to be read, once committed (`publish`)."""
    partial_of(stem, ".json").write_text(json.dumps(report, ensure_ascii=False, indent=1, default=str) + "\n")
    rows = [
        {
            **one,
            "fate_text": PERSON_FATES[one.get("done", one["fate"])],
            "cells": [
                (label_of(one["mark"], name), value)
                for name, value in one["columns"].items()
                if value not in (None, "", [], {})
            ],
        }
        for one in report["mentions"]
    ]
    page = render_to_string(
        "ownership/person.html", {"report": report, "rows": rows, "made_at": instant_text(report["made_at"])}
    )
    partial_of(stem, ".pdf").write_bytes(typeset(page, STYLES, {}))

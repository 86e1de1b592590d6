"""Files about one person: read by whoever ordered them alone, for two days, and in no backup."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from gis_core.errors import Unavailable
from gis_core.files.kept_files import PARTIAL, describe_full_disk
from gis_core.jobs.files import JobFiles
from gis_core.members.rights import Rights
from gis_core.models import Job, JobQuerySet
from gis_core.ownership.archive import MANIFEST, Archive
from gis_core.ownership.proof import publish, write_person

KEPT: Final = timedelta(days=2)
FOLDER: Final = "PRINTS_DIR"
"""Files that are made to be fetched once lie there: neither backups nor the continuous archive take them."""
MODE: Final = 0o600
README: Final = """{title}

donnees.json    les lignes choisies et tout ce qui s'y rattache (JSON, UTF-8)
lignes.csv      les mêmes lignes, pour un tableur (UTF-8, points-virgules)
reponse.pdf     à lire et à donner : ce que dit chaque ligne, ce qui est gardé, par quel texte, combien de temps
manifeste.json  la taille et le SHA-256 de chaque fichier

Cette archive contient des données personnelles : remettez-la à la personne par un moyen sûr, puis effacez-la de votre
poste. La plateforme efface la sienne après deux jours.
"""


@dataclass(frozen=True, slots=True)
class PrivateFiles:
    """What the jobs of a kind keep about a person: what was typed, what was found, the archive to fetch."""

    kind: str

    def jobs_of(self, rights: Rights) -> JobQuerySet:
        """The asker's own jobs, newest first."""
        return JobFiles(self.kind, FOLDER, lambda _job: "").jobs_of(rights)

    def path_of(self, job: Job, what: str) -> Path:
        """`what` is `typed.json`, `result.json` or `zip`; others' jobs have other numbers."""
        return Path(getattr(settings, FOLDER)) / f"{job.pk}.person.{what}"

    def is_there(self, job: Job, what: str) -> bool:
        """Whether the job made it, and its days are not over."""
        path = self.path_of(job, what)
        return (
            job.state == Job.State.DONE and path.is_file() and time.time() - path.stat().st_mtime < KEPT.total_seconds()
        )

    def forget_typed(self, job: Job) -> None:
        """What was typed goes once the job is over, and what it had half made."""
        self.path_of(job, "typed.json").unlink(missing_ok=True)
        shutil.rmtree(self.path_of(job, "making"), ignore_errors=True)

    def write(self, job: Job, what: str, value: Any) -> None:
        """Whole or not at all. Raises Unavailable (the disk is full)."""
        path = self.path_of(job, what)
        partial = path.with_name(path.name + PARTIAL)
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
            with os.fdopen(os.open(partial, flags, MODE), "w") as file:
                json.dump(value, file, ensure_ascii=False, default=str)
            partial.replace(path)
        except OSError as error:
            raise Unavailable(describe_full_disk()) from error

    def read(self, job: Job, what: str) -> Any:
        """What was kept. Raises FileNotFoundError where its days are over."""
        return json.loads(self.path_of(job, what).read_text())

    def write_archive(self, job: Job, report: dict[str, Any], lines: Iterator[list[str]]) -> int:
        """The archive of a report (`people.make_report`) and its rows as CSV; its size in bytes. Raises Unavailable."""
        from gis_core.files.writing.csvtext import csv_file_of_cells

        with self.folder_for(job) as folder:
            stem = folder / "reponse"
            write_person(report, stem)
            publish(stem)
            path = folder / "archive.zip"
            with Archive(path) as archive:
                archive.add("donnees.json", stem.with_suffix(".json"))
                with archive.open("lignes.csv") as sink:
                    sink.write(csv_file_of_cells(lines))
                archive.add("reponse.pdf", stem.with_suffix(".pdf"))
                archive.add_text("LISEZMOI.txt", README.format(title=report["title"]))
                archive.add_json(MANIFEST, {"files": [one.as_json() for one in archive.entries]})
            path.chmod(MODE)
            path.replace(self.path_of(job, "zip"))
        return self.path_of(job, "zip").stat().st_size

    @contextmanager
    def folder_for(self, job: Job) -> Iterator[Path]:
        """Where an archive is made, closed to others. Raises Unavailable."""
        folder = self.path_of(job, "making")
        try:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True, mode=0o700)
            yield folder
        except OSError as error:
            raise Unavailable(describe_full_disk()) from error
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def kept_paths() -> list[Path]:
    """What is kept now."""
    return [*Path(getattr(settings, FOLDER)).glob("*.person.*")]


def remove_old() -> int:
    """Every night: those whose days are over go; returns how many went."""
    limit = time.time() - KEPT.total_seconds()
    removed = 0
    for path in kept_paths():
        # A finished archive takes its name, a job removes its folder, while these are read.
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < limit:
                shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink()
                removed += 1
    return removed

"""./arpent manage export_member MEMBRE FICHIER.zip: everything of a member, in open formats."""

import os
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gis_core.errors import ArpentError
from gis_core.models import Member
from gis_core.operations import security_journal
from gis_core.ownership.exporting import export_member
from gis_core.ownership.tables import one_snapshot


def find_member(slug: str) -> Member:
    """The member of this short name. Raises CommandError with those that there are."""
    member = Member.objects.filter(slug=slug).first()
    if member is None:
        names = ", ".join(Member.objects.values_list("slug", flat=True))
        raise CommandError(f"Aucun membre ne s'appelle « {slug} ». Les membres : {names}.")
    return member


class Command(BaseCommand):
    help = "Écrit tout ce qui est à un membre dans une archive ZIP : données, documents, historique, manifeste."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("membre", help="le nom court du membre, p. ex. cc-lys")
        parser.add_argument("fichier", type=Path, help="l'archive à écrire, p. ex. cc-lys.zip")
        parser.add_argument("--photos", action="store_true", help="met aussi les photos aériennes dans l'archive")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["fichier"].expanduser().absolute()
        if path.exists():
            raise CommandError(f"{path} existe déjà : donnez un autre nom, ou effacez-le d'abord.")
        if not path.parent.is_dir():
            raise CommandError(f"Le dossier {path.parent} n'existe pas : créez-le, puis relancez la même commande.")
        if path.suffix.lower() != ".zip":
            raise CommandError("Le nom du fichier finit par .zip, p. ex. cc-lys.zip.")
        begun = time.monotonic()
        os.umask(0o077)
        with one_snapshot():
            member = find_member(options["membre"])
            try:
                manifest = export_member(member, path, photos=options["photos"])
            except ArpentError as error:
                raise CommandError(str(error.message)) from error
        security_journal.record("member_export", member=member.slug, file=path.name)
        rows = sum(one["rows"] for one in manifest["tables"])
        self.stdout.write(
            f"{path} : {len(manifest['tables'])} tables, {rows} lignes, {len(manifest['documents'])} documents,"
            f" {path.stat().st_size / 1e6:.1f} Mo, {time.monotonic() - begun:.1f} s."
        )
        for name in manifest["missing_documents"]:
            self.stderr.write(f"Attention : {name} manque sur le disque.")
        for one in manifest["documents"]:
            if not one["same"]:
                self.stderr.write(f"Attention : {one['path']} n'est plus le fichier que sa ligne décrit (SHA-256).")

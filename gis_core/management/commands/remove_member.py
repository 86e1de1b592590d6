"""./arpent manage remove_member MEMBRE: shows what would go; then removes it, with a proof, for two administrators."""

import json
import os
from collections.abc import Sequence
from datetime import date
from getpass import getpass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import IntegrityError, OperationalError

from gis_core.database import clock as database_clock
from gis_core.errors import ArpentError
from gis_core.files.kept_files import PARTIAL
from gis_core.management.commands.export_member import find_member
from gis_core.members.rights import rights_of
from gis_core.models import User
from gis_core.operations import security_journal
from gis_core.ownership import removing
from gis_core.ownership.checking import Checked, compare_export, read_export
from gis_core.ownership.law import VISA
from gis_core.ownership.proof import discard, names_of, partial_of, proof_of, publish, write_proof
from gis_core.ownership.removing import Departure, Visa
from gis_core.ownership.tables import locked_snapshot, one_snapshot

PEOPLE = 2
MOST_FAULTS = 20
STAYS = (
    "Restent : les données de référence (cadastre, urbanisme, propriétaires), communes à tous ; les journaux de lecture"
    " et de sécurité (RGPD, art. 5 § 2 et 32) ; les sauvegardes déjà faites, jusqu'à leur fin."
)


class Command(BaseCommand):
    help = "Un membre s'en va : montre ce qui serait supprimé, puis, avec --remove, le supprime et en fait la preuve."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("membre", help="le nom court du membre, p. ex. cc-lys")
        parser.add_argument("--remove", action="store_true", help="supprime ; sans cette option, montre seulement")
        parser.add_argument("--export", type=Path, help="l'archive faite par export_member : elle est relue")
        parser.add_argument("--visa", default="", help="numéro du visa d'élimination des Archives")
        parser.add_argument("--visa-date", default="", help="sa date, p. ex. 2026-11-02")
        parser.add_argument("--visa-by", default="", help="qui l'a signé, nom et qualité")
        parser.add_argument("--person", action="append", default=[], help="administrateur de l'agence (deux fois)")
        parser.add_argument(
            "--photos-copied", action="store_true", help="les photos aériennes, que l'archive n'a pas, sont copiées"
        )
        parser.add_argument("--finish", type=Path, help="après une interruption : la preuve, pour effacer les fichiers")

    def handle(self, *args: Any, **options: Any) -> None:
        os.umask(0o077)
        try:
            if options["finish"]:
                self.finish(options["finish"])
            else:
                self.show_or_remove(options)
        except ArpentError as error:
            raise CommandError(str(error.message)) from error
        except (IntegrityError, OperationalError) as error:
            raise CommandError(
                "Rien n'a été supprimé : quelqu'un écrivait dans ces tables. Relancez la même commande le soir, ou"
                " pendant une maintenance (./arpent maintenance on)."
            ) from error

    def show_or_remove(self, options: dict[str, Any]) -> None:
        """What is typed and read takes its time: it is checked before anybody waits for a lock."""
        export = self.export_of(options) if options["remove"] else None
        with one_snapshot():
            departure = removing.prepare(find_member(options["membre"]))
        self.show(departure)
        if export is None:
            return
        visa = self.visa_of(options, departure)
        people = self.people_of(options["person"])
        checked = read_export(export, departure.member)
        self.refuse_faults(checked)
        names = departure.lock
        self.check_photos(departure, checked, options)
        stem = export.with_name(f"{export.stem}-preuve")
        try:
            with locked_snapshot(names):
                proof, digest = self.remove(names, visa, people, checked, stem)
        except (ArpentError, CommandError, IntegrityError):
            discard(stem)
            raise
        publish(stem)
        security_journal.record("member_removed", **self.summary(proof, digest))
        rows = sum(one["of_the_member"] for one in proof["tables"])
        self.stdout.write(f"Supprimé : {rows} lignes. Preuve : {' et '.join(map(str, names_of(stem)))}.")
        self.remove_files(proof["files"])

    def remove(
        self, names: Sequence[str], visa: Visa | None, people: list[str], checked: Checked, stem: Path
    ) -> tuple[dict[str, Any], str]:
        """Compare once more, now that nobody else writes, then remove: the proof and its SHA-256."""
        departure = removing.prepare(find_member(checked.manifest["member"]["slug"]))
        removing.check_locked(departure, names)
        if departure.archives and visa is None:
            raise CommandError(f"Donnez le visa (--visa, --visa-date, --visa-by). {VISA}")
        compare_export(checked, departure.member)
        self.refuse_faults(checked)
        removed = removing.remove(departure)
        proof = proof_of(departure, removed, checked, visa, people)
        digest = write_proof(proof, stem)
        removing.record_departure(departure.member, json.dumps(self.summary(proof, digest)))
        return proof, digest

    def check_photos(self, departure: Departure, checked: Checked, options: dict[str, Any]) -> None:
        """Photos that are not in the archive were copied apart, says who removes. Raises CommandError."""
        heavy = checked.manifest["heavy_files"]
        if not heavy["included"] and departure.photos != heavy["count"]:
            raise CommandError(
                f"L'export liste {heavy['count']} photos aériennes et altitudes, et le disque en a {departure.photos} :"
                " refaites-le (./arpent manage export_member), remettez-le au membre, puis relancez."
            )
        if departure.photos and not heavy["included"] and not options["photos_copied"]:
            raise CommandError(
                f"{departure.photos} photos aériennes et altitudes ne sont pas dans l'archive, et partiraient avec le"
                " membre. Refaites l'export avec --photos ; ou, si elles ont été copiées à part et relues d'après"
                " photos-et-altitudes.csv, ajoutez --photos-copied."
            )

    def show(self, departure: Departure) -> None:
        """The difference: what goes, what changes elsewhere, what stays and why."""
        write = self.stdout.write
        write(f"{departure.member} ({departure.member.siren}) : ce qui serait supprimé")
        for table, rows in departure.tables:
            write(f"  {rows:>8}  {table.title}{'  [archive publique]' if table.archive else ''}")
        write(f"  {departure.history:>8}  lignes d'historique")
        write(f"  {len(departure.alone):>8}  comptes qui ne sont qu'à ce membre, rendus anonymes")
        for one in departure.detached:
            becomes = "iraient avec" if one.deleted else "n'y renverraient plus"
            write(f"Chez d'autres : {one.rows} lignes de {one.title} {becomes} ({one.table}.{one.column}).")
        for given in departure.given:
            write(
                f"La couche « {given.title} », donnée à {given.owner}, porte encore {given.rows} objets et photos au"
                f" nom du membre : ils restent, et sont mis au nom de {given.owner}."
            )
        if departure.shared:
            write(f"{departure.shared} objets d'autres membres étaient partagés avec lui : ils restent tels quels.")
        write(STAYS)
        if departure.photos:
            write(
                f"{departure.photos} fichiers de photos aériennes et d'altitudes partiraient aussi (--photos-copied)."
            )
        if departure.archives:
            write(f"{departure.archives} lignes sont des archives publiques. {VISA}")
        for reason in departure.refused:
            write(f"Empêche la suppression : {reason}.")

    def export_of(self, options: dict[str, Any]) -> Path:
        path: Path | None = options["export"]
        if path is None or not path.is_file():
            raise CommandError("Donnez l'export du membre (--export cc-lys.zip) : rien n'est supprimé sans lui.")
        return path.expanduser().absolute()

    def visa_of(self, options: dict[str, Any], departure: Departure) -> Visa | None:
        """The visa, which public archives need. Raises CommandError."""
        number, signatory = options["visa"].strip(), options["visa_by"].strip()
        if not departure.archives and not number:
            return None
        try:
            day = date.fromisoformat(options["visa_date"])
        except ValueError as error:
            raise CommandError(f"Donnez la date du visa (--visa-date 2026-11-02). {VISA}") from error
        if not number or not signatory:
            raise CommandError(f"Donnez le numéro du visa et qui l'a signé (--visa, --visa-by). {VISA}")
        if day > database_clock.today():
            raise CommandError("Le visa porte une date qui n'est pas encore venue.")
        return Visa(number[:60], day, signatory[:200])

    def refuse_faults(self, checked: Checked) -> None:
        """Nothing of an export that differs is removed. Raises CommandError with what differs."""
        if checked.faults:
            lines = "\n  ".join(checked.faults[:MOST_FAULTS])
            raise CommandError(
                f"Rien n'a été supprimé : l'export n'est pas ce que la base contient maintenant.\n  {lines}\n"
                "Refaites-le (./arpent manage export_member), remettez-le au membre, puis relancez."
            )

    def people_of(self, names: Sequence[str]) -> list[str]:
        """Two administrators of the agency, each with their own password. Raises CommandError."""
        if len(set(names)) < PEOPLE:
            raise CommandError("Il faut deux administrateurs de l'agence : --person alice --person bernard.")
        for name in dict.fromkeys(names):
            user = User.objects.filter(username=name, is_active=True).first()
            password = getpass(f"Mot de passe de {name} : ")
            if user is None or not user.check_password(password) or not rights_of(user).agency:
                raise CommandError(f"{name} n'est pas administrateur de l'agence, ou ce n'est pas son mot de passe.")
        return list(dict.fromkeys(names))

    def summary(self, proof: dict[str, Any], digest: str) -> dict[str, Any]:
        rows = sum(one["of_the_member"] for one in proof["tables"])
        return {
            "member": proof["member"],
            "visa": proof["visa"],
            "people": proof["people"],
            "rows": rows,
            "proof": digest,
        }

    def finish(self, path: Path) -> None:
        """Remove the files of a removal that was committed and then interrupted."""
        stem = path.with_name(path.name.removesuffix(PARTIAL).removesuffix(".json"))
        unpublished = partial_of(stem, ".json")
        try:
            content = (path if path.is_file() else unpublished).read_bytes()
            proof = json.loads(content)
            member, names = proof["member"], list(proof["files"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CommandError(f"{path} n'est pas la preuve d'une suppression (…-preuve.json).") from error
        with one_snapshot():
            if not removing.is_departed(member["id"], content):
                raise CommandError("Cette suppression n'a pas été faite ici : aucun fichier n'est touché.")
        if unpublished.is_file():
            publish(stem)
        self.remove_files(names)

    def remove_files(self, names: Sequence[str]) -> None:
        """Say where they are afterwards: a continuous archive only sets them aside for its days."""
        if left := removing.remove_files(names):
            raise CommandError(f"{len(left)} fichiers n'ont pas pu être effacés ({left[0]}…) : relancez avec --finish.")
        if names and settings.RECOVERY_DAYS:
            self.stdout.write(
                f"{len(names)} noms de fichiers mis à l'écart : l'archive continue les garde {settings.RECOVERY_DAYS}"
                " jours, puis ils sont effacés du disque."
            )
        else:
            self.stdout.write(f"{len(names)} noms de fichiers effacés du disque.")

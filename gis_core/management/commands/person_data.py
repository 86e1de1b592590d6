"""./arpent manage person_data: what the platform knows of a person who asks; gives it to them, or erases it."""

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import IntegrityError, OperationalError

from gis_core.errors import ArpentError
from gis_core.operations import security_journal
from gis_core.ownership import people
from gis_core.ownership.declarations import title_of
from gis_core.ownership.proof import PERSON_FATES, SUFFIXES, discard, names_of, publish, write_person
from gis_core.ownership.tables import one_snapshot

LONGEST_CELL, MOST_CELLS = 60, 12


class Command(BaseCommand):
    help = "Une personne demande ses données : les cherche, les lui donne (--export), ou les efface (--erase)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--name", default="", help="nom de famille")
        parser.add_argument("--first-name", default="", help="prénom")
        parser.add_argument("--email", default="", help="adresse électronique")
        parser.add_argument("--phone", default="", help="téléphone")
        parser.add_argument("--choose", action="append", default=[], help="repère d'une ligne, p. ex. gis_core.User:12")
        parser.add_argument("--reference", default="", help="numéro de la demande dans votre registre")
        parser.add_argument("--export", type=Path, help="écrit les lignes choisies : FICHIER.json et FICHIER.pdf")
        parser.add_argument("--erase", type=Path, help="les efface et écrit ce qui a été fait : FICHIER.json et .pdf")

    def handle(self, *args: Any, **options: Any) -> None:
        os.umask(0o077)
        stem: Path | None = options["erase"] or options["export"]
        if stem is not None:
            stem = self.stem_of(stem)
        try:
            with one_snapshot():
                report, event = self.answer(options, stem)
        except (ArpentError, CommandError) as error:
            if stem is not None:
                discard(stem)
            raise CommandError(str(error.message) if isinstance(error, ArpentError) else str(error)) from error
        except (IntegrityError, OperationalError) as error:
            raise CommandError(
                "Rien n'a été fait : quelqu'un écrivait dans ces lignes. Relancez la commande."
            ) from error
        if report and stem is not None:
            publish(stem)
            marks = [one["mark"] for one in report["mentions"]]
            security_journal.record(event, reference=report["reference"], rows=marks[:200])
            self.stdout.write(f"{len(marks)} lignes : {' et '.join(map(str, names_of(stem)))}.")

    def stem_of(self, given: Path) -> Path:
        """Where the two files go. Raises CommandError where one is there already."""
        stem = given.with_suffix("") if given.suffix in SUFFIXES else given
        for path in names_of(stem):
            if path.exists() or not path.parent.is_dir():
                raise CommandError(f"{path} existe déjà, ou son dossier n'existe pas : donnez un autre nom.")
        return stem

    def answer(self, options: dict[str, Any], stem: Path | None) -> tuple[dict[str, Any] | None, str]:
        sought = people.Sought.of(**{name: options[name] for name in ("name", "first_name", "email", "phone")})
        mentions = people.find_mentions(sought)
        accounts = [one.row for one in mentions if one.declared.model == "gis_core.User"]
        if stem is None:
            self.show(mentions, people.find_traces(accounts, sought), sought.several)
            return None, ""
        if not options["reference"].strip():
            raise CommandError("Donnez le numéro de la demande dans votre registre (--reference 2026-14).")
        chosen = people.choose(mentions, options["choose"])
        report = people.make_report(chosen, options["reference"].strip())
        if options["erase"]:
            report["title"] = "Effacement des données d'une personne"
            report["mentions"] = [one.as_json() for one in people.erase(chosen)]
        write_person(report, stem)
        return report, "person_erased" if options["erase"] else "person_exported"

    def show(self, mentions: list[people.Mention], traces: list[people.Trace], several: bool) -> None:
        """Each row with what tells two people of one name apart: its own columns, and what would become of it."""
        self.stdout.write(f"{len(mentions)} lignes. Rien n'est donné ni effacé sans --choose REPÈRE, ligne par ligne.")
        for one in mentions:
            basis = one.declared.basis
            why = f" ({basis.article})" if basis else ""
            self.stdout.write(f"{one.mark}  {one.title} : {PERSON_FATES[one.declared.asks.value]}{why}")
            filled = {name: value for name, value in one.columns.items() if value not in (None, "", [])}
            cells = [f"{name} {str(value)[:LONGEST_CELL]}" for name, value in filled.items()]
            self.stdout.write("    " + " · ".join(cells[:MOST_CELLS]))
        for trace in traces:
            basis = trace.declared.basis
            self.stdout.write(
                f"{trace.rows} lignes : {title_of(trace.declared)} (comptes trouvés ou même nom) :"
                f" {PERSON_FATES['keep']}{f' ({basis.article})' if basis else ''}. Avec un compte choisi, l'export dit"
                " combien sont de lui."
            )
        if several:
            self.stdout.write(
                "Chaque ligne porte à la fois tout ce que vous avez donné : cherchez aussi par l'un seul."
            )

"""./arpent manage retention: how long each kind of data is kept, and what would go this night; erases nothing."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from gis_core.ownership.retention_jobs import count_all, count_stocks
from gis_core.ownership.retention_pages import NIGHTS, report_file, report_rows
from gis_core.ownership.tables import one_snapshot


class Command(BaseCommand):
    help = "Dit combien de temps chaque sorte de données est gardée et ce qui partirait cette nuit ; n'efface rien."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--format", choices=("texte", "csv", "json"), default="texte")
        parser.add_argument("--sans-compter", action="store_true", help="la table seule, sans compter les lignes")

    def handle(self, *args: Any, **options: Any) -> None:
        with one_snapshot():
            counts, stocks = ({}, {}) if options["sans_compter"] else (count_all(), count_stocks())
            if options["format"] != "texte":
                self.stdout.write(report_file(options["format"], counts, stocks).decode("utf-8-sig"), ending="")
                return
            for row in report_rows(counts, stocks):
                due = "" if row["there"] is None else f" ; {row['there']} en tout"
                due += f", la plus ancienne du {row['oldest']}" if row["oldest"] else ""
                due += "" if row["rows"] is None else f" ; {row['rows']} partiraient"
                due += f" ; {row['gone']} parties en {NIGHTS} nuits" if row["gone"] else ""
                due += f" ; pas compté : {row['why_not']}" if row["why_not"] else ""
                whose = f" ({row['member']})" if row["member"] else ""
                self.stdout.write(f"{row['slug']}  {row['title']}{whose} : {row['duration']}{due}")
                self.stdout.write(f"    {row['what']} {row['source']}")

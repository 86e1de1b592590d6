"""`manage.py refresh_layers [--layer S] [--dry-run]`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from gis_core.members.rights import SYSTEM, acting_as
from layers.intake.exit_codes import ExitCode
from layers.intake.models import LayerRefresh
from layers.intake.services import refreshing


class Command(BaseCommand):
    """Ends with 2 where a layer was refused, with 1 where rows of one were left out."""

    help = "Actualise les couches dont c’est l’heure, ou une couche tout de suite."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--layer", default="", help=_("short name of one layer, refreshed now"))
        parser.add_argument("--dry-run", action="store_true", help=_("of one layer: try it out, change nothing"))

    def handle(self, *_arguments: Any, **options: Any) -> None:
        if options["dry_run"] and not options["layer"]:
            raise CommandError(_("A dry run is of one layer: name it with --layer."))
        done = self.one(options["layer"], options["dry_run"]) if options["layer"] else refreshing.refresh_due()
        for refresh in done:
            self.stdout.write(describe(refresh))
        if any(refresh.state == LayerRefresh.State.REFUSED for refresh in done):
            raise SystemExit(int(ExitCode.NOTHING))
        if any(refresh.message for refresh in done):
            raise SystemExit(int(ExitCode.REFUSALS))

    def one(self, slug: str, dry_run: bool) -> list[LayerRefresh]:
        with acting_as(SYSTEM):
            refresh = refreshing.whole_refresh(layer__slug=slug)
            if refresh is None:
                raise CommandError(_("No layer of this short name is refreshed by itself."))
            return [refreshing.refresh_now(refresh, dry_run=dry_run)]


def describe(refresh: LayerRefresh) -> str:
    """`parcs : À jour`, with what was refused."""
    message = f" ({refresh.message})" if refresh.message else ""
    return f"{refresh.layer.slug} : {refresh.get_state_display()}{message}"

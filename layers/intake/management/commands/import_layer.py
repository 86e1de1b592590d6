"""`manage.py import_layer FILE... (--layer S --mode M | --new --title T) [--key C] [--report FILE]`."""

import json
from argparse import ArgumentParser
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.errors import ArpentError, Invalid
from gis_core.members.rights import SYSTEM, Role, acting_as
from gis_core.models import Member
from layers.catalogue.models import Layer, Theme
from layers.intake.choices import (
    Choices,
    Description,
    Mode,
    Opening,
    default_fields,
    default_title_field,
    kinds_of,
    matched_fields,
)
from layers.intake.import_loss import EXIT_LOSS, LossRefused, add_loss_argument, check_planned_loss, command_hint
from layers.intake.models import FileImport
from layers.intake.outcome import worded, worded_report
from layers.intake.services import local
from layers.intake.services.deliveries import layer_of
from layers.intake.services.ordering import updatable_layer
from layers.intake.services.reading import crs_of
from layers.intake.words import outcome_in_words


class Command(BaseCommand):
    """Exit code 0 when nothing was refused, 1 when rows were, 2 when nothing was imported, 3 when it was refused
    because of what would go (`layers.intake.import_loss`).
    """

    help = "Publie un fichier comme couche, ou met une couche à jour."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="FILE")
        which: Any = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--layer", help=_("short name of the layer to bring up to date"))
        which.add_argument("--new", action="store_true", help=_("publish a new layer"))
        parser.add_argument("--mode", choices=[Mode.REPLACE.value, Mode.APPEND.value, Mode.SYNCHRONISE.value])
        parser.add_argument("--key", default="", help=_("field of the unique reference"))
        parser.add_argument("--source-layer", default="", metavar="NAME", help=_("which layer of the file"))
        parser.add_argument("--crs", type=int, metavar="EPSG", help=_("where the file does not say it"))
        parser.add_argument("--encoding", help=_("where the file does not say it"))
        parser.add_argument("--outside", action="store_true", help=_("rows outside the territory come in too"))
        parser.add_argument("--invalid", choices=["repair", "refuse", "keep"], default="repair")
        parser.add_argument("--dry-run", action="store_true", help=_("only tell what would happen"))
        parser.add_argument("--report", type=Path, metavar="FILE.json", help=_("where to write the report"))
        add_loss_argument(parser)
        self.describe(parser)

    def describe(self, parser: ArgumentParser) -> None:
        """What is said of a new layer."""
        parser.add_argument("--title", default="")
        parser.add_argument("--slug", default="")
        parser.add_argument("--theme", default="", help=_("short name of a theme, or the title of a new one"))
        parser.add_argument("--member", help=_("short name of its owner; none: the whole platform"))
        parser.add_argument("--visibility", choices=Layer.Visibility.values)
        for name in ("abstract", "lineage", "licence", "attribution", "date"):
            parser.add_argument(f"--{name}", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with acting_as(SYSTEM):
                made = self.work(options)
        except LossRefused as error:
            told = worded(error.extra["report"]["plan"])
            self.stdout.write(outcome_in_words(told, done=False))
            self.keep(options["report"], told)
            raise CommandError(f"{error.message} {command_hint(error.loss)}", returncode=EXIT_LOSS) from error
        except ArpentError as error:
            self.keep(options["report"], worded_report(error.extra.get("report")))
            raise CommandError(error.message, returncode=2) from error
        told = worded(made.report or made.plan or {})
        self.stdout.write(outcome_in_words(told, done=made.report is not None))
        if made.report is not None:
            self.stdout.write(_("To take it back: take_back_import %(number)s") % {"number": made.pk})
        self.keep(options["report"], told)
        if told.get("refused"):
            raise SystemExit(1)

    def work(self, options: dict[str, Any]) -> FileImport:
        """From the files to the layer, or to the plan of a dry run."""
        with transaction.atomic():
            layer = updatable_layer(options["layer"], SYSTEM) if options["layer"] else None
            owner = layer.owner if layer else self.member(options["member"])
        mode = self.mode(options["mode"], layer)
        with local.delivered(options["paths"], owner, self.tell) as delivery:
            number = local.layer_number(delivery, options["source_layer"])
            opening = Opening(crs=options["crs"], encoding=options["encoding"])
            if opening != Opening():
                local.reopened(delivery, number, opening, self.tell)
            with transaction.atomic():
                choices = self.choices(delivery, number, layer, mode, options)
            made = local.tried_out(delivery, number, mode=mode, layer=layer, choices=choices, tell=self.tell)
            if options["dry_run"]:
                refuse_planned_loss(made, options["accept_loss"])
                return made
            return local.apply_import(made, self.tell, options["accept_loss"])

    def mode(self, given: str | None, layer: Layer | None) -> Mode:
        if layer is None:
            return Mode.CREATE
        if not given:
            raise Invalid(_("Say how the layer is brought up to date: --mode replace, append or synchronise."))
        return Mode(given)

    def member(self, slug: str | None) -> Member | None:
        if slug is None:
            return None
        member = Member.objects.filter(slug=slug).first()
        if member is None:
            raise Invalid(_("There is no member named %(slug)s.") % {"slug": slug})
        return member

    def choices(
        self, delivery: FileImport, number: int, layer: Layer | None, mode: Mode, options: dict[str, Any]
    ) -> Choices:
        """What the wizard would propose, with what was said."""
        found = layer_of(delivery, number)[1]
        fields = default_fields(found)
        if layer is not None:
            matched = matched_fields(found, layer.columns)
            known = {one.source for one in matched}
            others = [one for one in fields if one.source not in known and mode == Mode.REPLACE]
            fields = (*matched, *others)
        keys = {one.source: one.name for one in fields} | {one.name: one.name for one in fields}
        key = options["key"] or (layer.key_column if layer else "")
        choices = Choices(
            fields=fields,
            geometry=next(iter(kinds_of(found)), layer.geometry_type if layer else "point"),
            key=keys.get(key, key),
            outside=options["outside"],
            invalid=options["invalid"],
            opening=Opening(**found["opening"] | {"crs": crs_of(found)}),
        )
        return choices if layer else replace(choices, layer=self.description(choices, delivery, options))

    def description(self, choices: Choices, delivery: FileImport, options: dict[str, Any]) -> Description:
        names = ("title", "slug", "abstract", "lineage", "licence", "attribution")
        fallback = Layer.Visibility.OWNER if delivery.owner else Layer.Visibility.SIGNED_IN
        return Description(
            theme=options["theme"],
            new_theme=options["theme"] if not known_theme(options["theme"]) else "",
            source_date=options["date"],
            visibility=options["visibility"] or fallback.value,
            editor_roles=(Role.GIS_ADMINISTRATOR.value,),
            title_field=default_title_field(choices.fields),
            **{name: options[name] for name in names},
        )

    def tell(self, share: float | None, message: str) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{message} {'' if share is None else f'{share:.0%}'}\033[K", ending="")

    def keep(self, path: Path | None, report: Any) -> None:
        if path is None or report is None:
            return
        try:
            path.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n")
        except OSError as error:
            message = _("The report could not be written to %(path)s: %(reason)s")
            raise CommandError(message % {"path": path, "reason": error.strerror}, returncode=2) from error


def refuse_planned_loss(made: FileImport, accepted: int | None) -> None:
    """Raises LossRefused where the plan would be refused because of what would go."""
    plan = made.plan or {}
    try:
        check_planned_loss(plan.get("compared"), accepted)
    except LossRefused as error:
        error.extra["report"] = {"plan": plan}
        raise


def known_theme(slug: str) -> bool:
    return Theme.objects.filter(slug=slug).exists()

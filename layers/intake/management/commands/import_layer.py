"""`manage.py import_layer FILE... (--layer S --mode M | --new --title T) [--key C] [--report FILE]`."""

from argparse import ArgumentParser
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

from django.core.management.base import CommandParser
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.errors import ArpentError, Invalid
from gis_core.members.rights import SYSTEM, Role, acting_as
from layers.catalogue.models import Layer, Theme
from layers.intake.choices import Choices, Description, Join, Mode, Opening, default_title_field, kinds_of
from layers.intake.command import ImportCommand, find_member
from layers.intake.exit_codes import ExitCode, exit_code_of
from layers.intake.import_loss import LossRefused
from layers.intake.layer_description import describe_crs, describe_mixture, say_crs
from layers.intake.models import FileImport
from layers.intake.outcome import word_result, word_result_report
from layers.intake.report_text import format_outcome
from layers.intake.services import local
from layers.intake.services.deliveries import layer_of
from layers.intake.services.mappings import choices_in_file
from layers.intake.services.ordering import updatable_layer
from layers.intake.services.proposing import check_fields_there, option_hint, propose, refuse_doubtful_crs


class Command(ImportCommand):
    help = "Publie un fichier comme couche, ou met une couche à jour."
    member_help = gettext_lazy("short name of its owner; none: the whole platform")

    def add_options(self, parser: CommandParser) -> None:
        which: Any = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--layer", help=_("short name of the layer to bring up to date"))
        which.add_argument("--new", action="store_true", help=_("publish a new layer"))
        parser.add_argument("--mode", choices=[mode.value for mode in Mode if mode != Mode.CREATE])
        parser.add_argument("--key", default="", help=_("field of the unique reference"))
        parser.add_argument("--source-layer", default="", metavar="NAME", help=_("which layer of the file"))
        kinds_help = _("which kind, of a file that mixes them: the most frequent by default")
        parser.add_argument("--geometry", choices=Layer.Geometry.values, default="", help=kinds_help)
        parser.add_argument("--crs", type=int, metavar="EPSG", help=_("where the file does not say it"))
        join_help = _("places of a table: those of the objects of a layer with this reference")
        parser.add_argument("--join", default="", metavar="LAYER.COLUMN=FIELD", help=join_help)
        parser.add_argument("--swap-axes", action="store_true", help=_("latitude or northing comes first in the file"))
        parser.add_argument("--encoding", help=_("where the file does not say it"))
        parser.add_argument("--outside", action="store_true", help=_("rows outside the territory come in too"))
        parser.add_argument("--invalid", choices=["repair", "refuse", "keep"], default="repair")
        self.describe(parser)

    def describe(self, parser: ArgumentParser) -> None:
        """What is said of a new layer."""
        parser.add_argument("--title", default="")
        parser.add_argument("--slug", default="")
        parser.add_argument("--theme", default="", help=_("short name of a theme, or the title of a new one"))
        parser.add_argument("--visibility", choices=Layer.Visibility.values)
        parser.add_argument("--shown-at-first", action="store_true", help=_("the map opens with the layer"))
        for name in ("abstract", "lineage", "licence", "attribution", "date"):
            parser.add_argument(f"--{name}", default="")

    def bring_in(self, options: dict[str, Any]) -> ExitCode:
        try:
            with acting_as(SYSTEM):
                made = self.work(options)
        except LossRefused as error:
            plan = word_result(error.extra["report"]["plan"])
            self.stdout.write(format_outcome(plan, done=False))
            self.write_report(options["report"], plan)
            raise
        except ArpentError as error:
            self.write_report(options["report"], word_result_report(error.extra.get("report")))
            raise
        outcome = word_result(made.report or made.plan or {}) | {
            "crs": crs_of_import(made),
            "mixture": mixture_of_import(made),
        }
        done = made.report is not None and not options["dry_run"]
        self.stdout.write(format_outcome(outcome, done=done))
        if done and made.layer and not options["layer"]:
            self.stdout.write(_("Short name of the layer: %(slug)s") % {"slug": made.layer.slug})
        if done:
            self.stdout.write(_("To take it back: take_back_import %(number)s") % {"number": made.pk})
        self.write_report(options["report"], outcome | {"choices": made.choices})
        return exit_code_of(refused=outcome.get("refused", 0))

    def work(self, options: dict[str, Any]) -> FileImport:
        """From the files to the layer; a dry run does all of it and undoes it, so that it ends as the run would."""
        with transaction.atomic():
            layer = updatable_layer(options["layer"], SYSTEM) if options["layer"] else None
            owner = layer.owner if layer else find_member(options["member"])
        mode = self.mode(options["mode"], layer)
        with local.open_delivery(options["paths"], owner, self.progress) as delivery:
            number = local.layer_number(delivery, options["source_layer"])
            opening = Opening(crs=options["crs"], encoding=options["encoding"], swapped=options["swap_axes"])
            if opening != Opening():
                local.reopen_layer(delivery, number, opening, self.progress)
            if options["crs"] is None and mode != Mode.ATTRIBUTES:
                refuse_doubtful_crs(layer_of(delivery, number)[1], hint=True)
            with transaction.atomic():
                choices = self.choices(delivery, number, layer, mode, options)
                choices = with_choices(choices, layer_of(delivery, number)[1], choices_in_file(options["map"]))
            made = local.try_import(delivery, number, mode=mode, layer=layer, choices=choices, progress=self.progress)
            with transaction.atomic() if options["dry_run"] else nullcontext():
                done = local.apply_import(made, self.progress, options["accept_loss"])
                if options["dry_run"]:
                    transaction.set_rollback(True)
            return done

    def mode(self, given: str | None, layer: Layer | None) -> Mode:
        if layer is None:
            return Mode.CREATE
        if not given:
            raise Invalid(
                _("Say how the layer is brought up to date: --mode replace, append, synchronise or attributes.")
            )
        return Mode(given)

    def choices(
        self, delivery: FileImport, number: int, layer: Layer | None, mode: Mode, options: dict[str, Any]
    ) -> Choices:
        """What the wizard would propose, with what was said."""
        source_layer, join = layer_of(delivery, number)[1], join_of(options["join"])
        proposed = propose(source_layer, layer, mode, key=options["key"], join=join)
        choices = replace(proposed, outside=options["outside"], invalid=options["invalid"])
        if options["geometry"] and not (join or layer):
            choices = replace(choices, geometry=options["geometry"])
        return choices if layer else replace(choices, layer=self.description(choices, delivery, options))

    def description(self, choices: Choices, delivery: FileImport, options: dict[str, Any]) -> Description:
        names = ("title", "slug", "abstract", "lineage", "licence", "attribution")
        fallback = Layer.Visibility.OWNER if delivery.owner else Layer.Visibility.SIGNED_IN
        return Description(
            theme=options["theme"],
            new_theme=options["theme"] if not theme_exists(options["theme"]) else "",
            source_date=options["date"],
            visibility=options["visibility"] or fallback.value,
            visible_at_first=options["shown_at_first"],
            editor_roles=(Role.GIS_ADMINISTRATOR.value,),
            title_field=default_title_field(choices.fields),
            **{name: options[name] for name in names},
        )


def join_of(text: str) -> Join | None:
    """The join that an option says. Raises Invalid."""
    if not text:
        return None
    path, _equals, source = text.partition("=")
    slug, _dot, column = path.rpartition(".")
    if not (slug and column and source):
        raise Invalid(_("A join is written LAYER.COLUMN=FIELD."), parameter="join")
    return Join(layer=slug, column=column, source=source)


def with_choices(choices: Choices, layer: Mapping[str, Any], given: Mapping[str, Any]) -> Choices:
    """Choices in which those of a file say how the rows of a layer of a delivery are read. Raises Invalid."""
    names = ("fields", "key", "outside", "addresses", "invalid")
    taken = {name: given[name] for name in names if name in given}
    try:
        chosen = Choices.from_json(choices.as_json() | taken)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Invalid(_("This is no mapping of the columns of a table."), parameter="map") from error
    check_fields_there(chosen, layer)
    return chosen


def crs_of_import(made: FileImport) -> dict[str, Any]:
    """The system that an import took its coordinates for, and what contradicts it, as people read it."""
    ((source_layer,),) = (data_set["layers"] for data_set in made.contents)  # its files are gone by now
    if not kinds_of(source_layer):
        return {}
    crs = describe_crs(source_layer)
    return {
        "code": crs["code"],
        "text": _("Coordinates: %(crs)s") % {"crs": say_crs(source_layer)},
        "problem": crs["problem"] and crs["problem"] + option_hint(crs),
    }


def mixture_of_import(made: FileImport) -> str:
    """What of a file of several kinds of geometries came in, what was left, and the option that takes the others."""
    ((source_layer,),) = (data_set["layers"] for data_set in made.contents)
    mixture = describe_mixture(source_layer, made.choices["geometry"])
    return mixture and f"{mixture} {_('Take the others by another import, with --geometry.')}"


def theme_exists(slug: str) -> bool:
    return Theme.objects.filter(slug=slug).exists()

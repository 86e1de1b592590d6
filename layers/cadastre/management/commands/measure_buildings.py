"""`manage.py measure_buildings SLUG [--member M]`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from gis_core.errors import ArpentError
from gis_core.members.rights import SYSTEM, acting_as
from layers.cadastre.building_heights import has_measured, measure_buildings
from layers.catalogue.models import Photo
from layers.catalogue.services import visible_photo
from layers.intake.command import find_member
from layers.intake.reference_source import communes_of


class Command(BaseCommand):
    help = (
        "Measure ground, eaves and ridge of the buildings under a published campaign of heights, and of those that have"
        " their heights of one that was taken back."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--member", help=_("short name of a member: only the buildings of its communes"))

    def handle(self, *args: Any, slug: str, member: str | None, **options: Any) -> None:
        try:
            with acting_as(SYSTEM):
                if not has_measured(slug) and (photo := visible_photo(slug, SYSTEM)).kind == Photo.Kind.PHOTO:
                    raise CommandError(_("“%(title)s” is a photo: name a campaign of heights.") % {"title": photo})
                of = find_member(member)
                insee = communes_of(of) if of else None
                measured = measure_buildings(slug, insee, progress=lambda _share, _message: None)
        except ArpentError as error:
            raise CommandError(error.message, returncode=2) from error
        self.stdout.write(str(measured))

"""Try whether this version works with this database: `./arpent upgrade` asks before people come back."""

import math
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.test import Client
from django.urls import reverse

from gis_core.letters.document import pdf_of
from gis_core.letters.services import preview_of
from gis_core.members.rights import Rights, Role, acting_as, rights_of
from gis_core.models import Member, Membership, User
from gis_core.points import LETTER_KINDS
from layers.cadastre.models import Parcel
from layers.catalogue.models import Layer

MAINTENANCE = "gis_core.http.maintenance.refuse_in_maintenance"
PDF = b"%PDF-"


class Command(BaseCommand):
    help = "Ask for the sign-in page, the map, a tile, a parcel sheet and a letter as an agency administrator would."

    def handle(self, *args: Any, **options: Any) -> None:
        settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if one != MAINTENANCE]
        with transaction.atomic():
            self.try_out()
            # The session, and what the journals say of it, were never there.
            transaction.set_rollback(True)

    def try_out(self) -> None:
        """Everything that an administrator sees first, as far as the platform holds it."""
        host = next((name.strip(".") for name in settings.ALLOWED_HOSTS if name.strip(".*")), "localhost")
        client = Client(headers={"host": host}, raise_request_exception=False)
        self.ask(client, "readiness", reverse("health_ready"))
        self.ask(client, "sign-in page", reverse("account_login"))
        self.ask(client, "map", reverse("map"))
        user = find_administrator()
        if user is None:
            return
        client.force_login(user)
        self.ask(client, "map of an administrator", reverse("map"))
        rights = rights_of(user)
        with acting_as(rights):
            layer = Layer.objects.visible_to(rights).filter(extent_4326__isnull=False).first()
            parcel = Parcel.objects.values_list("idu", flat=True).first()
            letter = letter_pdf(rights)
        if layer:
            self.ask(client, "tile", reverse("tiles:tile", args=[layer.slug, *tile_of(layer)]))
        if parcel:
            self.ask(client, "parcel sheet", reverse("parcel_sheet", args=[parcel]))
        if letter is not None:
            self.require("letter", letter.startswith(PDF), "no PDF")

    def ask(self, client: Client, what: str, address: str) -> None:
        answer = client.get(address, secure=True)
        self.require(what, answer.status_code in (200, 204), f"{address}: {answer.status_code}")

    def require(self, what: str, is_sound: bool, fault: str) -> None:
        if not is_sound:
            raise CommandError(f"{what}: {fault}")
        self.stdout.write(f"{what}: ok")


def find_administrator() -> User | None:
    """An agency administrator whose account is open; None on a platform that has none yet."""
    wanted = Membership.objects.accepted().filter(role=Role.AGENCY_ADMINISTRATOR, user__is_active=True)
    membership = wanted.select_related("user").order_by("pk").first()
    return membership.user if membership else None


def letter_pdf(rights: Rights) -> bytes | None:
    """The first kind of letter with sample values, as PDF; None where the person belongs to no member."""
    member = Member.objects.filter(pk__in=rights.roles).order_by("pk").first()
    kind = next(iter(LETTER_KINDS.all()), None)
    if member is None or kind is None:
        return None
    return pdf_of(preview_of(member, kind, kind.title, kind.body))


def tile_of(layer: Layer) -> tuple[int, int, int]:
    """Zoom, column and row of the tile in the middle of the layer, at the first level that it is drawn at."""
    west, south, east, north = layer.extent_4326 or (0, 0, 0, 0)
    zoom = max(layer.min_zoom, min(14, layer.max_zoom))
    lon, lat = (west + east) / 2, math.radians((south + north) / 2)
    column = int((lon + 180) / 360 * 2**zoom)
    row = int((1 - math.asinh(math.tan(lat)) / math.pi) / 2 * 2**zoom)
    return zoom, column, row

"""What a drill asks of a restored copy: to sign in, a tile of the map, a parcel's sheet, a letter as PDF.

Only ever run on a copy that goes at the end (`gis_core.operations.drill`): it changes somebody's password.
"""

import json
import math
import secrets
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from django.test import Client

from gis_core.letters.services import wording_of
from gis_core.members.rights import SYSTEM, Role, acting_as
from gis_core.models import Member, Membership, User
from gis_core.points import LETTER_KINDS

ZOOM = 14
# Where there is no parcel or layer, nothing is asked.
PARCEL = "select idu from cadastre_parcel order by idu limit 1"


class Command(BaseCommand):
    help = "For ./arpent drill, on a restored copy: `prepare` gives a sign-in, `ask` uses it."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["prepare", "ask"])
        parser.add_argument("--login", default="")
        parser.add_argument("--password", default="")

    def handle(self, *args: Any, action: str, login: str, password: str, **options: Any) -> None:
        if ".beside-" in settings.DATA_DIR.name:
            answer = prepare() if action == "prepare" else list(ask(login, password))
            self.stdout.write(json.dumps(answer))
            return
        raise CommandError("try_site is for a copy that ./arpent drill has restored, not for the real site.")


def prepare() -> dict[str, str]:
    """An administrator of the agency with a new password, in this copy only. Raises CommandError without any."""
    with acting_as(SYSTEM), transaction.atomic():
        membership = (
            Membership.objects.accepted()
            .filter(role=Role.AGENCY_ADMINISTRATOR, user__is_active=True, user__kind=User.Kind.PERSON)
            .select_related("user", "member")
            .order_by("pk")
            .first()
        )
        if membership is None:
            raise CommandError("No administrator of the agency is in this copy: nobody can sign in.")
        password = secrets.token_urlsafe(24)
        membership.user.set_password(password)
        membership.user.save(update_fields=["password"])
        return {"login": membership.user.get_username(), "password": password}


def ask(login: str, password: str) -> Iterator[str]:
    """Each question in French once it was answered well. Raises CommandError, with what came instead."""
    client = Client(headers={"host": f"{settings.ALLOWED_HOSTS[0]}"}, SERVER_PORT="80")
    answer = client.post("/compte/connexion/", {"login": login, "password": password})
    if answer.status_code != 302:
        raise CommandError(f"connexion : réponse {answer.status_code}")
    yield "connexion faite"
    yield tile(client)
    yield parcel_sheet(client)
    yield letter(client)


def tile(client: Client) -> str:
    """A tile in the middle of the first layer that has features there."""
    layers = client.get("/api/v1/layers/").json()
    for layer in layers["results"] if isinstance(layers, dict) else layers:
        described = client.get(f"/tiles/{layer['slug']}.json")
        bounds = described.json().get("bounds") if described.status_code == 200 else None
        if not bounds:
            continue
        west, south, east, north = bounds
        where = "/".join(map(str, tile_at((west + east) / 2, (south + north) / 2, ZOOM)))
        answer = client.get(f"/tiles/{layer['slug']}/{where}.mvt")
        if answer.status_code not in (200, 204):
            raise CommandError(f"tuile {layer['slug']} {where} : réponse {answer.status_code}")
        size = len(content_of(answer))
        if size:
            return f"tuile de « {layer['slug']} » : {size} octets"
    return "aucune couche n'a d'objet : pas de tuile à demander"


def parcel_sheet(client: Client) -> str:
    with connection.cursor() as cursor:
        cursor.execute("select to_regclass('public.cadastre_parcel') is not null")
        there = cursor.fetchone()
        cursor.execute(PARCEL if there and there[0] else "select null where false")
        row = cursor.fetchone()
    if row is None:
        return "aucune parcelle : pas de fiche à demander"
    answer = client.get(f"/api/v1/parcels/{row[0]}/sheet.pdf")
    check_pdf(f"fiche de la parcelle {row[0]}", answer)
    return f"fiche de la parcelle {row[0]} : PDF de {len(content_of(answer))} octets"


def letter(client: Client) -> str:
    """The first template of a letter of the first member, with its sample values."""
    with acting_as(SYSTEM), transaction.atomic():
        member = Member.objects.order_by("pk").first()
        kind = next(iter(LETTER_KINDS.all()), None)
        if member is None or kind is None:
            return "aucun modèle de courrier : pas de lettre à demander"
        wording = wording_of(member, kind)
    sent = {"action": "pdf", "title": wording.title, "body": wording.body, "version": wording.version}
    answer = client.post(f"/courriers/{member.slug}/{kind.code}/", sent)
    check_pdf(f"courrier {kind.code}", answer)
    return f"courrier « {kind.code} » : PDF de {len(content_of(answer))} octets"


def check_pdf(what: str, answer: Any) -> None:
    if answer.status_code != 200 or not content_of(answer).startswith(b"%PDF"):
        raise CommandError(f"{what} : réponse {answer.status_code}, pas un PDF")


def content_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def tile_at(longitude: float, latitude: float, zoom: int) -> tuple[int, int, int]:
    """Zoom, column and row of the tile of a place in WGS 84."""
    side = 2**zoom
    angle = math.radians(latitude)
    down = (1 - math.log(math.tan(angle) + 1 / math.cos(angle)) / math.pi) / 2
    return zoom, int((longitude + 180) / 360 * side), int(down * side)

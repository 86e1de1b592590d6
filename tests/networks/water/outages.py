"""An outage between two valves, and what tests of its life ask of its page."""

import json
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.html import strip_tags
from django.utils.timezone import localtime
from PIL import Image

from gis_core.database import clock as database_clock
from gis_core.members.rights import SYSTEM, acting_as
from networks.water.models import Outage, OutageEntry
from tests.networks.conftest import Network, at

LIST = "/reseaux/coupures/"
HTML = {"accept": "text/html"}


def build_network(network: Network) -> list[int]:
    """Two valves around a pipe with one user, between two tanks: their ids."""
    network.node(0, 0, "tank", reference="R1")
    made = [network.node(x, 0, "valve", reference=name, diameter_mm=100) for x, name in ((100, "V1"), (200, "V2"))]
    network.node(300, 0, "tank", reference="R2")
    for x in range(0, 300, 100):
        network.pipe((x, 0), (x + 100, 0), diameter_mm=100, reference=f"C{x}")
    network.make("water-connections", at(130, 5), address="12 rue des Tanneurs", dwellings=2)
    return made


def broken_pipe(network: Network) -> int:
    return int(network.rows("select id from water_pipe where reference = 'C100'")[0][0])


def save(network: Network, *, unusable: tuple[int, ...] = (), **more: str) -> str:
    """The address of the outage that is kept."""
    sent = {"request": json.dumps({"pipe": broken_pipe(network), "unusable": list(unusable)}), **more}
    answer = network.client().post(LIST, sent, headers=HTML)
    assert answer.status_code == 302, answer.content
    return str(answer.url)


def post(network: Network, path: str, who: str = "network_technician", **fields: Any) -> Any:
    return network.client(who).post(path, fields, headers=HTML)


def source(network: Network, path: str, who: str = "network_technician") -> str:
    answer = network.client(who).get(path, headers=HTML)
    assert answer.status_code == 200
    return str(answer.content.decode())


def page(network: Network, path: str, who: str = "network_technician") -> str:
    return " ".join(strip_tags(source(network, path, who)).split())


def taken() -> SimpleUploadedFile:
    """A photo, as a telephone sends it."""
    picture = BytesIO()
    Image.effect_noise((800, 600), 80).save(picture, "JPEG")
    return SimpleUploadedFile("casse.jpg", picture.getvalue(), "image/jpeg")


def entries(kind: str) -> list[OutageEntry]:
    with acting_as(SYSTEM):
        return list(OutageEntry.objects.filter(kind=kind).select_related("recorded_by").order_by("pk"))


def outage() -> Outage:
    with acting_as(SYSTEM):
        return Outage.objects.get(duplicate_of=None)


def clock(moment: datetime) -> str:
    """As the browser's field writes it."""
    return f"{localtime(moment):%Y-%m-%dT%H:%M}"


def ago(**time: int) -> datetime:
    return database_clock.now().replace(second=0, microsecond=0) - timedelta(**time)

"""The desk where requests for works on roads are answered: a member with a street and a way around it."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pypdfium2
from django.contrib.gis.geos import LineString
from django.utils import timezone

from gis_core.letters.kinds import kind_of
from gis_core.members.rights import Role
from gis_core.models import Letter, Member
from networks.roads.models import RoadMarker, RoadSection
from networks.roads.services.calibrating import calibrate
from networks.roadworks.kinds import TRAFFIC
from networks.roadworks.models import Work, WorkOrder, WorkRequest
from networks.roadworks.services import orders, publication, requests
from tests import factories
from tests.networks.conftest import Network, X, Y, at


def this_day() -> date:
    """The day in Paris when it is asked: a suite that runs past midnight has two of them."""
    return timezone.localdate()


def given_request() -> dict[str, Any]:
    """What a request says, unless a test says otherwise."""
    day = this_day()
    return {
        "form": "14024", "kind": "circulation", "received_date": day, "insee": "45901", "place": "12 rue des Tanneurs",
        "description": "Branchement d’eau", "starts_on": day, "ends_on": day + timedelta(days=3),
        "applicant_name": "Jeanne Exemple", "applicant_address": "1 rue des Lilas\n45260 Lorris",
        "applicant_email": "jeanne@demo.invalid", "applicant_phone": "06 39 98 00 03", "company": "Travaux du Lys",
    }  # fmt: skip


@dataclass
class Desk:
    """A member with a street of three sections and a way around it; what its people do."""

    network: Network

    def as_(self, who: str = Role.NETWORK_TECHNICIAN) -> Any:
        return self.network.as_(who)

    def rights(self, who: str = Role.NETWORK_TECHNICIAN) -> Any:
        return self.network.rights(who)

    def enter(self, who: str = Role.NETWORK_TECHNICIAN, **values: Any) -> WorkRequest:
        with self.as_(who):
            made = requests.enter(owner=self.network.member, values=given_request() | values, rights=self.rights(who))
            return requests.request_seen_by(made.pk, self.rights(who))

    def work(self, one: WorkRequest, **values: Any) -> WorkRequest:
        with self.as_():
            work = requests.make_work(one, version=one.version, rights=self.rights())
            Work.objects.filter(pk=work.pk).update(**({"measure": "closed", "state": "planned"} | values))
            return requests.request_seen_by(one.pk, self.rights())

    def begin(self, one: WorkRequest, code: str = TRAFFIC) -> Letter:
        with self.as_():
            return orders.begin(one, kind_of(code), self.rights())

    def final(self, one: WorkRequest, letter: Letter, **words: str) -> Letter:
        given = {name: getattr(letter, name) for name in ("title", "recipient", "body")}
        given |= {"signatory": "Le maire, Camille Signe"} | words
        given["body"] = completed(given["body"])
        with self.as_():
            return orders.finalise(one, letter, given, letter.version, self.rights())

    def publish(self, one: WorkRequest, letter: Letter) -> WorkOrder:
        with self.as_():
            found = requests.request_seen_by(one.pk, self.rights())
            return publication.publish(found, letter, version=found.version, rights=self.rights())

    def published(self, one: WorkRequest, code: str = TRAFFIC) -> WorkOrder:
        return self.publish(one, self.final(one, self.begin(one, code)))

    def unpublish(self, one: WorkRequest, order: WorkOrder) -> WorkOrder:
        with self.as_():
            found = requests.request_seen_by(one.pk, self.rights())
            return publication.unpublish(found, order.pk, version=found.version, rights=self.rights())

    def abrogate(self, one: WorkRequest, former: WorkOrder) -> WorkOrder:
        """An order that ends a published one, its reason given, numbered and published."""
        with self.as_():
            letter = publication.begin_abrogation(one, former.pk, self.rights())
        body = letter.body.replace("[à compléter : motifs de l’abrogation]", "les travaux n’ont pas lieu")
        return self.publish(one, self.final(one, letter, body=completed(body)))


def completed(body: str) -> str:
    """A draft with what is never known beforehand."""
    known = {"durée de l’occupation": "quinze ans", "ville du tribunal": "d’Orléans"}
    for place, words in known.items():
        body = re.sub(rf"\\?\[à compléter : {place}\\?\]", words, body)
    return body


def line(*places: tuple[float, float]) -> LineString:
    return LineString([(X + x, Y + y) for x, y in places], srid=2154)


def section(member: Member, *places: tuple[float, float], **values: Any) -> int:
    given: dict[str, Any] = {
        "nature": "1chaussee", "status": "05", "importance": "4", "built_up": True, "insee_left": "45901",
        "insee_right": "45901",
    }  # fmt: skip
    with factories.as_worker():
        return RoadSection.objects.create(owner=member, geom=line(*places), **(given | values)).pk


def made_desk(network: Network) -> Desk:
    member = network.member
    section(member, (-500, 0), (0, 0), name_left="rue Haute")
    section(member, (0, 0), (400, 0), name_left="Rue des Tanneurs", name_right="Rue des Tanneurs")
    section(member, (400, 0), (900, 0), name_left="rue Haute")
    section(member, (0, 0), (0, 200), (400, 200), (400, 0), name_left="rue du Pont")
    return Desk(network)


def numbered_road(desk: Desk, **values: Any) -> None:
    """The D 44 outside the town; PR 1 at 100 m, PR 2 at 1,100 m."""
    member = desk.network.member
    section(member, (0, 2000), (3000, 2000), **({"route": "D44", "status": "03", "built_up": False} | values))
    with factories.as_worker():
        for number, x in ((1, 100), (2, 1100)):
            RoadMarker.objects.create(owner=member, route="D44", number=number, geom=at(x, 2000))
        calibrate("D44")


def kept(model: Any, **which: Any) -> Any:
    """A row as the owner of the tables reads it."""
    with factories.as_owner():
        return model.objects.get(**which)


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    text = " ".join(page.get_textpage().get_text_bounded() for page in document)
    return " ".join(text.replace("\xa0", " ").replace("\u202f", " ").replace("\ufffe", "").split())

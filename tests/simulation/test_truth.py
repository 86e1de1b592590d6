"""200 projects drawn at random, judged by the API and by a program that knows nothing of it (`independent`)."""

import math
import random
from collections.abc import Iterator
from typing import Any

import pytest
import shapely
from django.contrib.gis.geos import LineString, MultiLineString

from layers.cadastre.models import Road, Sheet
from tests import factories
from tests.simulation import independent
from tests.simulation.conftest import INSEE, Town, X, Y, building, parcel, volume
from tests.simulation.independent import Ground, House, Judgement, Point, Ring

pytestmark = pytest.mark.django_db
PROJECTS, BATCHES = 200, 10
SHEETS = {("04", 500): 0.2, ("05", 500): 0.4, ("01", 2000): 1.0, ("02", 1000): 1.0, ("", 0): 1.0}
"""Quality and scale of a sheet of the cadastre, and how well its limits are known, in metres."""


class Project:
    """A plot, its neighbours and its street, what stands and what is drawn on it, from the number of the project."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.dice = random.Random(20_261_130 + number)
        draw = self.dice.uniform
        self.turn, self.at = draw(0, 2 * math.pi), (number % 20 % 5 * 250.0, 400 + number % 20 // 5 * 250.0)
        self.wide, self.deep = draw(14, 40), draw(20, 60)
        corners = [(0.0, 0.0), (self.wide, 0.0), *(self.shaken(x, self.deep) for x in (self.wide, 0.0))]
        self.sheet = self.dice.choice(list(SHEETS))
        self.corners = corners
        self.houses = list(self.some_houses())
        standing = list(self.some_building())
        self.ground = Ground(ring=self.placed(corners), plan=SHEETS[self.sheet], standing=standing)

    def shaken(self, x: float, y: float) -> Point:
        return x + self.dice.uniform(-3, 3), y + self.dice.uniform(-3, 3)

    def placed(self, ring: Ring) -> list[Point]:
        """From the frame of the plot (its street along x) to its place, to the millimetre."""
        cos, sin = math.cos(self.turn), math.sin(self.turn)
        east, north = self.at
        return [(round(east + x * cos - y * sin, 3), round(north + x * sin + y * cos, 3)) for x, y in ring]

    def rectangle(self, longest: float) -> list[Point]:
        """Around a point of the plot, turned at random."""
        draw = self.dice.uniform
        x, y = draw(4, self.wide - 4), draw(4, self.deep - 4)
        turn, long, short = draw(0, math.pi), draw(4, longest) / 2, draw(3, 9) / 2
        cos, sin = math.cos(turn), math.sin(turn)
        around = ((-long, -short), (long, -short), (long, short), (-long, short))
        return [(x + a * cos - b * sin, y + a * sin + b * cos) for a, b in around]

    def some_houses(self) -> Iterator[House]:
        for _ in range(self.dice.choice((1, 1, 2))):
            ring, eaves = self.rectangle(16), round(self.dice.uniform(2.5, 9), 2)
            ridge = round(eaves + self.dice.uniform(0.5, 4), 2)
            if not all(independent.inside(corner, self.corners) for corner in ring):
                ring = ring[: self.dice.choice((3, 4))]  # a triangle now and then; astride a limit, its roof is flat
                yield House(ring=self.placed(ring), eaves=eaves)
            else:
                yield House(ring=self.placed(ring), eaves=eaves, ridge=self.dice.choice((None, ridge)))

    def some_building(self) -> Iterator[Ring]:
        """Now and then a building of the plan that stands inside the plot, apart from what is drawn."""
        ring = self.rectangle(8)
        within = all(independent.inside(corner, self.corners) for corner in ring)
        if within and all(independent.apart(self.placed(ring), house.ring) > 0.5 for house in self.houses):
            yield self.placed(ring)

    def around(self) -> Iterator[list[Point]]:
        """The parcels that share the limits of the plot, and the one across the street."""
        near_left, near_right, far_right, far_left = self.corners
        yield [(-30, 0), near_left, far_left, (far_left[0] - 30, far_left[1])]
        yield [near_right, (self.wide + 30, 0), (far_right[0] + 30, far_right[1]), far_right]
        ends = (far_right[0] + 30, far_right[1]), (self.wide + 30, self.deep + 40)
        yield [(far_left[0] - 30, far_left[1]), far_left, far_right, *ends, (-30, self.deep + 40)]
        yield [(-40, -38), (self.wide + 40, -38), (self.wide + 40, -8), (-40, -8)]

    def save(self) -> str:
        """The IDU of the plot, saved with all that is around it."""
        quality, scale = self.sheet
        first = 100 + self.number * 10
        with factories.as_owner():
            plot = parcel(first, shapely.Polygon(self.ground.ring))
            plot.sheet = f"{INSEE}0000B{self.number % 100:02d}" if quality else ""
            plot.save()
            if quality:
                Sheet.objects.create(
                    idu=plot.sheet, insee=INSEE, prefix="000", section="0B", number="01", quality=quality, scale=scale,
                    geom=plot.geom,
                )  # fmt: skip
            for number, ring in enumerate(self.around(), first + 1):
                parcel(number, shapely.Polygon(self.placed(ring)))
            street = [(X + x, Y + y) for x, y in self.placed([(-60, -4), (self.wide + 60, -4)])]
            axis = MultiLineString(LineString(*street, srid=2154), srid=2154)
            Road.objects.create(insee=INSEE, name="rue des Vignes", search_text="", kind="x", geom=axis)
        for ring in self.ground.standing:
            building(shapely.Polygon(ring))
        return plot.idu

    def volumes(self) -> Iterator[dict[str, Any]]:
        for house in self.houses:
            shape = shapely.Polygon(house.ring)
            if house.ridge is None:
                yield volume(shape, house.eaves)
            else:
                (x, y), (to_x, to_y), *_ = house.ring
                azimuth = math.degrees(math.atan2(to_x - x, to_y - y)) % 180
                yield volume(shape, house.eaves, ridge=house.ridge, roof="gable", ridge_azimuth=azimuth)

    def rules(self) -> Iterator[tuple[dict[str, Any], Judgement]]:
        """Each constraint, and how it is judged without the API."""
        draw = self.dice.uniform
        for reference in ("emprisePublique", "limiteLaterale", "fond"):
            metres = round(draw(1, 8), 1)
            rule = {"catContrainte": "Retrait", "vMinRetrait": metres, "reference": [reference]}
            yield rule, independent.setback(self.ground, self.houses, reference, metres)
        most = round(draw(0.05, 0.6), 2)
        yield {"catContrainte": "CES", "ratioMax": most}, independent.coverage(self.ground, self.houses, most)
        eaves, above = round(draw(3, 9), 1), round(draw(1, 4), 1)
        yield (
            {
                "catContrainte": "Hauteur", "hauteurMaxAcrotereBatiment": eaves + 1,
                "hauteurMaxEgoutBatimentToiturePente": eaves, "hauteurFaitageMaxBatimentToiturePente": eaves + above,
            },
            independent.height(self.houses, ridge=eaves + above, eaves=eaves, parapet=eaves + 1),
        )  # fmt: skip
        for reference in ("limiteLaterale", "fond"):
            slope, base = round(draw(0.4, 2), 2), round(draw(0, 5), 1)
            rule = {
                "catContrainte": "Gabarit", "reference": [reference], "pente": round(slope * 100),
                "pointAccrochage": f"{base} m",
            }  # fmt: skip
            yield rule, independent.gabarit(self.ground, self.houses, reference, slope, base)


@pytest.mark.parametrize("batch", range(BATCHES))
def test_the_api_judges_as_an_independent_program_does(town: Town, batch: int) -> None:
    each = PROJECTS // BATCHES
    for project in map(Project, range(batch * each, (batch + 1) * each)):
        rules, expected = zip(*project.rules(), strict=True)
        answer = town.check(*project.volumes(), rules=list(rules), parcels=[project.save()])
        for rule, truth, verdict in zip(rules, expected, answer["results"], strict=True):
            said = {name: verdict[name] for name in ("status", "margin", "accuracy")}
            near = 0.0006 if rule["catContrainte"] == "CES" else 0.02
            assert said == {
                "status": truth.status,
                "margin": pytest.approx(truth.margin, abs=near),
                "accuracy": pytest.approx(truth.accuracy, abs=near),
            }, (project.number, rule, verdict["text"])


def test_the_projects_meet_every_verdict_of_every_rule() -> None:
    met = {(rule["catContrainte"], truth.status) for n in range(PROJECTS) for rule, truth in Project(n).rules()}
    assert met == {
        (category, status)
        for category in ("Retrait", "CES", "Hauteur", "Gabarit")
        for status in ("respected", "broken", "to_judge")
    }

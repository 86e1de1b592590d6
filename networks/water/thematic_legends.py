"""Pipes on the map by material, diameter, age or failures; /reseaux/patrimoine/ has the kilometres of each.

Colours go from pale and small to dark and large, or from new to old and from sound to broken; what nobody recorded is
grey. Diameters are those of usual pipes, ages those of `lengths`.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from django.db.models import Count

from gis_core.database import clock as database_clock
from gis_core.members.rights import Rights
from layers.cadastre.layers import symbol
from layers.catalogue.alternative_legends import AlternativeLegend
from networks.water import code_lists
from networks.water.models import Repair
from networks.water.services.lengths import AGE_STEP
from networks.water.services.visible import visible

PAGE = "/reseaux/patrimoine/?network={network}#by-{name}"
GREY, PALE_GREY, RED = "#7d8590", "#b4bac2", "#b0353b"
MATERIALS: Sequence[tuple[str, str, str, Sequence[str]]] = (
    ("Fonte", "Iron", "#3b5b92", ("fd", "fg", "fonte")),
    ("Acier, autres métaux", "Steel, other metals", "#5a4a78", ("acier", "cu", "metal", "tole")),
    ("PVC", "PVC", "#2a9d8f", ("pvc", "pvca", "pvcbo", "pvcc")),
    ("Polyéthylène", "Polyethylene", "#8ab17d", ("pe", "pebd", "pehd", "pehda", "pex")),
    ("Amiante-ciment, fibres-ciment", "Asbestos or fibre cement", "#d1495b", ("amci", "fbro")),
    (
        "Béton, mortier",
        "Concrete, mortar",
        "#8d6e63",
        ("ba", "beton", "btat", "btcp", "btfb", "btna", "btpc", "btpj", "mrtc", "rpmp", "sgbt"),
    ),
    ("Grès, maçonnerie", "Stoneware, masonry", "#c77f3a", ("briq", "gres", "mac", "maca", "macna", "meul", "trct")),
    ("Plomb", "Lead", "#111418", ("pb",)),
)
DIAMETERS = {"water": (60, 100, 150, 200, 300), "sewer": (200, 300, 400, 600, 1000)}
SHADES = ("#8fc1e3", "#5fa2d0", "#3a80b5", "#255f94", "#17436f", "#0b2747")
AGES = ("#4c9f70", "#9bb84f", "#e0b13c", "#dd7f36", "#b93f32", "#6d1f2b")
FAILURES = (("1 défaillance", "1 failure"), ("2 défaillances", "2 failures"), ("3 défaillances et plus", "3 or more"))
FAILURE_COLOURS = ("#e0b13c", "#dd7f36", "#b0353b")
OUT = {"service_state": {"in": [code for code in code_lists.SERVICE_STATES if code != code_lists.IN_SERVICE]}}

type Line = dict[str, Any]


def legends(network: str) -> tuple[AlternativeLegend, ...]:
    """The legends of the pipes of a network (“water” or “sewer”) beside that of their layer."""
    offered = (
        ("material", "Matériau", "Material", lambda _rights: material_lines()),
        ("diameter", "Diamètre", "Diameter", lambda _rights: diameter_lines(DIAMETERS[network])),
        ("age", "Âge", "Age", lambda _rights: age_lines(database_clock.today().year)),
        ("failures", "Défaillances", "Failures", lambda rights: failure_lines(network, rights)),
    )
    return tuple(
        AlternativeLegend(
            name=name, title=title, title_en=title_en, lines=lines, page=PAGE.format(network=network, name=name)
        )
        for name, title, title_en, lines in offered
    )


def pipe_line(label: str, label_en: str, where: Mapping[str, Any], colour: str, width: float = 3.5) -> Line:
    return symbol(label, label_en, "line", where=dict(where), stroke=colour, stroke_width=width)


def out_of_service() -> Line:
    return symbol("Hors service", "Out of service", "line", where=OUT, stroke=GREY, stroke_width=2, dash=[2, 4])


def not_recorded() -> Line:
    return pipe_line("Non renseigné", "Not recorded", {}, PALE_GREY)


def material_lines() -> list[Line]:
    known = [code for *_labels, codes in MATERIALS for code in codes]
    others = [code for code in code_lists.MATERIALS if code not in known and code != "inc"]
    families = [pipe_line(fr, en, {"material": {"in": list(codes)}}, colour) for fr, en, colour, codes in MATERIALS]
    rest = pipe_line("Autre matériau", "Another material", {"material": {"in": others}}, "#c05299")
    return [out_of_service(), *families, rest, not_recorded()]


def diameter_lines(limits: Sequence[int]) -> list[Line]:
    first = pipe_line(f"moins de {limits[0]} mm", f"less than {limits[0]} mm", bounds(None, limits[0]), SHADES[0], 2)
    between = [
        pipe_line(f"{low} à {high - 1} mm", f"{low} to {high - 1} mm", bounds(low, high), SHADES[rank], 2 + rank)
        for rank, (low, high) in enumerate(pairwise(limits), start=1)
    ]
    most = limits[-1]
    last = pipe_line(f"{most} mm et plus", f"{most} mm and more", bounds(most, None), SHADES[-1], 2 + len(limits))
    return [out_of_service(), first, *between, last, not_recorded()]


def bounds(low: int | None, high: int | None) -> dict[str, Any]:
    limits = {name: value for name, value in (("from", low), ("below", high)) if value is not None}
    return {"diameter_mm": limits}


def age_lines(year: int) -> list[Line]:
    """By the latest year in which a pipe was laid, else the earliest: two lines that a reader sees as one."""
    return [out_of_service(), *(line for column in YEARS for line in lines_of_years(column, year)), not_recorded()]


YEARS: Sequence[Mapping[str, Any]] = ({"column": "laid_to_year"}, {"column": "laid_from_year", "laid_to_year": None})


def lines_of_years(chosen: Mapping[str, Any], year: int) -> Iterator[Line]:
    column, others = chosen["column"], {name: value for name, value in chosen.items() if name != "column"}
    for rank, colour in enumerate(AGES):
        youngest, oldest = rank * AGE_STEP, (rank + 1) * AGE_STEP - 1
        last = colour == AGES[-1]
        limits = {"to": year - youngest} | ({} if last else {"from": year - oldest})
        labels = (
            (f"{youngest} ans et plus", f"{youngest} years and more")
            if last
            else (
                f"{youngest} à {oldest} ans",
                f"{youngest} to {oldest} years",
            )
        )
        yield pipe_line(*labels, {column: limits, **others}, colour)


def failure_lines(network: str, rights: Rights) -> list[Line]:
    """By how many repairs, of those that the user sees, each pipe had."""
    repaired = visible(Repair, rights).filter(network=network, pipe_id__isnull=False).order_by()
    pipes: dict[int, list[int]] = defaultdict(list)
    for pipe, count in repaired.values_list("pipe_id").annotate(Count("pk")).order_by("pipe_id"):
        pipes[min(count, len(FAILURES))].append(pipe)
    worst_first = reversed(list(enumerate(zip(FAILURES, FAILURE_COLOURS, strict=True), start=1)))
    often = [
        pipe_line(*labels, {"id": {"in": pipes[count]}}, colour, 3 + count)
        for count, (labels, colour) in worst_first
        if pipes[count]
    ]
    none = pipe_line("Aucune défaillance enregistrée", "No failure on record", {}, "#8fc1e3", 2.5)
    return [*often, out_of_service(), none]

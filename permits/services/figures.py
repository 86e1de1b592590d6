"""What the form (Cerfa) says of a file in figures: areas that add up, emprise, height, dwellings, destinations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gis_core.codes import code_list
from gis_core.errors import Invalid
from gis_core.members.rights import Rights
from layers.features.display import display_number, with_unit
from permits.models import Figures, Permit
from permits.procedure import COUNTER
from permits.services.recording import check_may_write, lock_permit

FLOORS: Final = ("floor_before_m2", "floor_created_m2", "floor_removed_m2", "floor_after_m2")
LARGEST_FLOOR_M2: Final = Decimal("9999999.99")
HIGHEST_M: Final = Decimal("400")
FIGURES: Final = (*FLOORS, "emprise_created_m2", "height_m", "dwellings")
MOST_DWELLINGS: Final = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenFigures:
    """What is typed of the form: areas in m², the height in metres, None where it says nothing."""

    floor_before_m2: Decimal | None = None
    floor_created_m2: Decimal | None = None
    floor_removed_m2: Decimal | None = None
    floor_after_m2: Decimal | None = None
    emprise_created_m2: Decimal | None = None
    height_m: Decimal | None = None
    dwellings: int | None = None
    destinations: Sequence[str] = field(default_factory=tuple)


def figures_of(permit: Permit) -> Figures:
    """The figures of a file; empty ones that are not kept where there are none."""
    return Figures.objects.filter(permit=permit).first() or Figures(permit=permit, version=0)


def joined_figures(permit: Permit) -> Figures:
    """The same of a file as it was read, with which its figures came (`permit_seen_by`)."""
    return getattr(permit, "figures", None) or Figures(permit=permit, version=0)


@transaction.atomic
def save_figures(permit: Permit, given: GivenFigures, rights: Rights) -> Figures:
    """Keep the figures of a file. Raises Forbidden, Invalid (areas that do not add up, a destination that is none)."""
    check_may_write(permit, rights, COUNTER)
    check_floors(given)
    check_volume(given)
    unknown = [one for one in given.destinations if one not in destinations()]
    if unknown:
        message = _("The planning code has no destination “%(code)s” (R.151-28).")
        raise Invalid(message % {"code": unknown[0][:40]}, parameter="destinations")
    lock_permit(permit)
    figures = figures_of(permit)
    for name in FIGURES:
        setattr(figures, name, getattr(given, name))
    figures.destinations = [code for code in destinations() if code in given.destinations]
    figures.save()
    return figures


def check_floors(given: GivenFigures) -> None:
    """Refuse areas below zero, and an area after the works that is not what the others make. Raises Invalid."""
    for name in FLOORS:
        value = getattr(given, name)
        if value is not None and not 0 <= value <= LARGEST_FLOOR_M2:
            raise Invalid(_("A floor area is zero or more, in m²."), parameter=name)
    before, created, removed, after = (getattr(given, name) for name in FLOORS)
    if None in (before, created, removed, after):
        return
    expected = before + created - removed
    if expected != after:
        message = _("Before + created − removed makes %(expected)s, not %(after)s: correct one of the four areas.")
        values = {"expected": format_area(expected), "after": format_area(after)}
        raise Invalid(message % values, parameter="floor_after_m2")


def check_volume(given: GivenFigures) -> None:
    """Refuse an emprise or a height below zero or beyond what stands anywhere. Raises Invalid."""
    if given.emprise_created_m2 is not None and not 0 <= given.emprise_created_m2 <= LARGEST_FLOOR_M2:
        raise Invalid(_("An emprise is zero or more, in m²."), parameter="emprise_created_m2")
    if given.height_m is not None and not 0 <= given.height_m <= HIGHEST_M:
        message = _("A height is between 0 and %(most)s m.")
        raise Invalid(message % {"most": int(HIGHEST_M)}, parameter="height_m")


def destinations() -> Mapping[str, str]:
    """The destinations of the planning code by their code, in the reader's language."""
    english = (get_language() or "fr").startswith("en")
    return {code: en if english else fr for code, (fr, en) in code_list("permits", "destinations").items()}


def format_area(area_m2: Decimal | float) -> str:
    return with_unit(display_number(float(area_m2)), "m²")


def describe_figures(figures: Figures) -> list[tuple[str, str]]:
    """Label and value of what was entered."""
    labels = {one.name: str(one.verbose_name) for one in Figures._meta.fields}
    areas = (*FLOORS, "emprise_created_m2")
    lines = [(labels[name], format_area(value)) for name in areas if (value := getattr(figures, name)) is not None]
    if figures.height_m is not None:
        lines.append((labels["height_m"], with_unit(display_number(float(figures.height_m)), "m")))
    if figures.dwellings is not None:
        lines.append((labels["dwellings"], display_number(figures.dwellings, 0)))
    if figures.destinations:
        known = destinations()
        lines.append((labels["destinations"], "\n".join(known.get(one, one) for one in figures.destinations)))
    return lines

"""What other apps say of a numbered road: parts of its page, and pages that go on from a place on it."""

from collections.abc import Iterator

from gis_core.members.rights import Rights
from layers.features.sheet import Link
from networks.roads.points import PLACE_LINKS, ROAD_PARTS, PagePart
from networks.roads.references import Road


def parts_of(road: Road, rights: Rights) -> list[PagePart]:
    return [visible for part in ROAD_PARTS.all() if (visible := part(road, rights)) is not None]


def links_from(reference: str, rights: Rights) -> Iterator[Link]:
    for link in PLACE_LINKS.all():
        if (result := link(reference, rights)) is not None:
            yield result

"""What notices begin from: apps that know addresses say, when they start, how a thing of theirs becomes a notice."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gis_core.members.rights import Rights
from gis_core.models import Member
from networks.notifications.services.notices import Address, Context


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """The notice that a thing suggests."""

    owner: Member
    targets: Sequence[Address]
    context: Context
    title: str = ""


type Source = Callable[[str, Rights], Beginning]
"""Given the key of the thing and who asks. Raises NotFound."""
_sources: dict[str, Source] = {}


def declare_source(kind: str, source: Source) -> None:
    """`POST /reseaux/avis/` with a field of this name, which holds the key, then begins a notice ("outage", "12")."""
    _sources[kind] = source


def sources() -> dict[str, Source]:
    return dict(_sources)

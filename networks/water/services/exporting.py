"""A member's network as a file: RAEPA 1.2, StaR-Eau v2024, EPANET. An export job like those of layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.database import clock as database_clock
from gis_core.errors import Invalid
from gis_core.members.rights import Rights
from gis_core.models import Job, JobQuerySet, Member, User
from layers.exports.makers import MadeFile, Progress
from layers.exports.services.files import FILES as EXPORT_FILES
from layers.exports.services.ordering import queue
from layers.features.display import display_number
from networks.water.exchange.network import MODELS, OneNetwork
from networks.water.families import FamilyName

FORMATS: Final = {
    "raepa-shp": gettext_lazy("RAEPA 1.2, Shapefiles"),
    "raepa-csv": gettext_lazy("RAEPA 1.2, CSV"),
    "stareau-gpkg": gettext_lazy("StaR-Eau v2024, GeoPackage"),
    "epanet-inp": gettext_lazy("EPANET, input file"),
}
FAMILIES: Final[Mapping[str, tuple[Any, tuple[FamilyName, ...]]]] = {
    "water": (gettext_lazy("Drinking water"), ("water",)),
    "sewer": (gettext_lazy("Sewer"), ("sewer",)),
    "both": (gettext_lazy("Drinking water and sewer"), ("water", "sewer")),
}
LAYERS: Final[Mapping[FamilyName, tuple[str, ...]]] = {
    "water": ("water-nodes", "water-pipes", "water-connections", "water-repairs"),
    "sewer": ("sewer-nodes", "sewer-pipes", "sewer-connections", "water-repairs"),
}
EXPORT_SHARE: Final = 0.95
MOST_REMARKS: Final = 20


@dataclass(frozen=True, slots=True)
class NetworkOrder:
    """Whose network, which of them, in which format."""

    member: Member
    family: str
    form: str

    @classmethod
    def of(cls, given: Mapping[str, Any], rights: Rights) -> NetworkOrder:
        """Of a form. Raises Invalid for what cannot be chosen, and for a member of whom the asker sees no network."""
        family, form = given.get("family", ""), given.get("format", "")
        if family not in FAMILIES:
            raise Invalid(_("Choose the network."), parameter="family")
        if form not in FORMATS:
            raise Invalid(_("Choose the format."), parameter="format")
        if form == "epanet-inp" and family != "water":
            raise Invalid(_("EPANET is for drinking water: choose that network."), parameter="family")
        member = next((one for one in members_seen_by(rights) if one.slug == given.get("member")), None)
        if member is None:
            raise Invalid(_("Choose a member whose network you see."), parameter="member")
        return cls(member, family, form)

    @property
    def families(self) -> tuple[FamilyName, ...]:
        return FAMILIES[self.family][1]

    @property
    def stem(self) -> str:
        return f"{self.form.partition('-')[0]}-{self.member.slug}-{self.family}"

    def as_json(self) -> dict[str, Any]:
        slugs = dict.fromkeys(slug for family in self.families for slug in LAYERS[family])
        return {
            "format": self.form,
            "member": self.member.slug,
            "family": self.family,
            "stem": self.stem,
            "layers": [{"layer": slug} for slug in slugs],
        }

    @property
    def title(self) -> str:
        names = {"format": FORMATS[self.form], "network": FAMILIES[self.family][0], "member": self.member}
        return _("Export %(format)s: %(network)s, %(member)s") % names


def members_seen_by(rights: Rights) -> list[Member]:
    """Members of whom the asker sees a network, by name."""
    owners: set[int] = set()
    for models in MODELS.values():
        for model in models:
            owners.update(model.objects.visible_to(rights).order_by().values_list("owner_id", flat=True).distinct())
    return list(Member.objects.filter(pk__in=owners).order_by("name"))


@transaction.atomic
def start_network_export(order: NetworkOrder, *, user: User, rights: Rights) -> Job:
    """Queue an export. Raises Invalid (nothing is there), Conflict (too many wait)."""
    networks_of(order, rights)
    return queue(order.as_json(), title=order.title, user=user, rights=rights)


def network_exports_of(rights: Rights) -> JobQuerySet:
    """The asker's own exports of networks, newest first."""
    return EXPORT_FILES.jobs_of(rights).filter(parameters__order__format__in=list(FORMATS))


def networks_of(order: NetworkOrder, rights: Rights) -> list[OneNetwork]:
    """The networks of an order that hold anything. Raises Invalid when none does."""
    networks = [OneNetwork(order.member, family, rights) for family in order.families]
    held = [network for network in networks if network.total]
    if not held:
        names = {"member": order.member, "network": FAMILIES[order.family][0]}
        raise Invalid(_("%(member)s has no network “%(network)s” here: there is nothing to export.") % names)
    return held


def make(given: Mapping[str, Any], rights: Rights, folder: Path, progress: Progress) -> MadeFile:
    """The file of an order, in an empty folder; what it cannot say is told. Raises Invalid."""
    from networks.water.exchange.epanet import write_epanet
    from networks.water.exchange.raepa_files import pack_archive, write_raepa
    from networks.water.exchange.stareau import write_stareau

    order = NetworkOrder.of(given, rights)
    networks = networks_of(order, rights)
    count = ExportProgress(sum(network.total for network in networks), progress)
    stem = f"{order.stem}-{database_clock.today():%Y-%m-%d}"
    if order.form == "stareau-gpkg":
        path = folder / f"{stem}.gpkg"
        rows, remarks = write_stareau(networks, path, count)
        return MadeFile(path, describe_layers(rows), remarks)
    if order.form == "epanet-inp":
        path = folder / f"{stem}.inp"
        rows, remarks = write_epanet(networks[0], path, count)
        return MadeFile(path, describe_layers(rows), remarks)
    tables = folder / "tables"
    tables.mkdir()
    rows, remarks = write_raepa(networks, order.form, tables, count)
    progress(EXPORT_SHARE, _("Packing the files"))
    path = folder / f"{stem}.zip"
    pack_archive(tables, path, readme_text(order, rows, remarks))
    return MadeFile(path, describe_layers(rows), remarks)


@dataclass(slots=True)
class ExportProgress:
    """Counts what is written, and tells."""

    total: int
    report: Progress
    done: int = 0

    def __call__(self, more: int) -> None:
        self.done += more
        if self.done % 500 == 0 or self.done == self.total:
            numbers = {"done": display_number(self.done, 0), "total": display_number(self.total, 0)}
            self.report(EXPORT_SHARE * self.done / max(self.total, 1), _("%(done)s of %(total)s objects") % numbers)


def describe_layers(rows: Mapping[str, int]) -> list[dict[str, Any]]:
    return [{"layer": name, "title": name, "rows": count, "renamed": []} for name, count in rows.items()]


def readme_text(order: NetworkOrder, rows: Mapping[str, int], remarks: Sequence[str]) -> str:
    """What goes with the tables of RAEPA."""
    lines = [
        order.title,
        _("Lambert-93 (EPSG:2154), UTF-8, codes of RAEPA 1.2."),
        "",
        *(f"{name} : {display_number(count, 0)}" for name, count in rows.items()),
        "",
        _("What RAEPA could not say:") if remarks else _("RAEPA said everything."),
        *(f"- {remark}" for remark in remarks),
    ]
    return "\r\n".join((*lines, ""))

"""What people choose about the import of a network, as it is kept with it (`FileImport.choices`)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.errors import Invalid
from layers.intake.layer_mapping import LayerMapping
from layers.intake.models import FileImport
from networks.water.importers.mapping import reading_from

AUTO: Final = "auto"
REPLACE: Final = "replace"
ADD: Final = "add"
SHORTEST_SNAP_M: Final = 0.05
LONGEST_SNAP_M: Final = 5.0


class Format(TextChoices):
    RAEPA = "raepa", "RAEPA"
    STAREAU = "stareau", "StaR-Eau"
    EPANET = "epanet", "EPANET"
    LAYERS = "layers", gettext_lazy("Layers of files")


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkChoices:
    """How files become a network, and what becomes of what is there.

    `format` is "" where the files say it. An EPANET file lies in the system `crs` (EPSG), or has its south-west corner
    at `corner` (x, y in EPSG:2154), one of its units being `scale` metres. Ends are joined up to `snap_m` metres (None:
    as far as is likely right). Objects that are `known` already are replaced or left ("" asks for it), and those that
    somebody changed since only where that is `confirmed`. `leave` names rows (file, row) that stay out, or all of those
    that may. `mapping` says how each layer (its label) is read, kept as `mapping_name` for the next file.
    `accepted_loss` is the number of objects that may go.
    """

    format: str = ""
    crs: int | None = None
    corner: tuple[float, float] | None = None
    scale: float = 1.0
    snap_m: float | None = None
    known: str = ""
    confirmed: bool = False
    leave: Literal["all"] | Collection[tuple[str, int]] = ()
    mapping: Mapping[str, LayerMapping] = field(default_factory=dict)
    mapping_name: str = ""
    accepted_loss: int | None = None

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> NetworkChoices:
        corner, scale, leave = kept.get("corner"), kept.get("scale"), kept.get("leave") or ()
        mapping: Mapping[str, Any] = kept.get("mapping") or {}
        return cls(
            format=str(kept.get("format") or ""),
            crs=kept.get("crs"),
            corner=(float(corner[0]), float(corner[1])) if corner else None,
            scale=1.0 if scale is None else float(scale),
            snap_m=None if kept.get("snap_m") is None else float(kept["snap_m"]),
            known=str(kept.get("known") or ""),
            confirmed=bool(kept.get("confirmed")),
            leave="all" if leave == "all" else [(str(file), int(row)) for file, row in leave],
            mapping={label: reading_from(one) for label, one in mapping.items()},
            mapping_name=str(kept.get("mapping_name") or ""),
            accepted_loss=kept.get("accepted_loss"),
        )

    @classmethod
    def of(cls, made: FileImport) -> NetworkChoices:
        """Those of an import; its format is that of its files' names where nobody chose one."""
        names = [str(one["name"]) for one in made.files]
        kept = cls.from_json(made.choices)
        return kept if kept.format else cls.from_json(dict(made.choices) | {"format": format_by_names(names)})

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def check(self) -> None:
        """Nothing where the choices can be applied to some file. Raises Invalid for what cannot be."""
        if self.format not in ("", *Format.values):
            raise Invalid(_("This format is not known."), parameter="format")
        if self.snap_m is not None and not SHORTEST_SNAP_M <= self.snap_m <= LONGEST_SNAP_M:
            raise Invalid(_("The distance of snapping is between 0.05 and 5 metres."), parameter="snap_m")
        if self.known not in ("", REPLACE, ADD):
            raise Invalid(_("Say whether this replaces what is there, or adds to it."), parameter="known")


def format_by_names(names: Iterable[str]) -> Format:
    """The format of files by their names."""
    held = [name.lower() for name in names]
    if any(name.endswith(".inp") for name in held):
        return Format.EPANET
    if any("stareau" in name or "star-eau" in name for name in held):
        return Format.STAREAU
    return Format.RAEPA if any("raepa" in name for name in held) else Format.LAYERS


def parse_format(given: str) -> dict[str, str]:
    """What is kept of the format that somebody chose; nothing where the files are to say it. Raises Invalid."""
    chosen = "" if given == AUTO else given
    NetworkChoices(format=chosen).check()
    return {"format": chosen} if chosen else {}

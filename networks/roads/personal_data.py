"""How long who inspected what is kept, and what roads are processed for (`gis_core.ownership`)."""

from typing import Final

from gis_core.ownership.processings import Controller, Processing
from gis_core.ownership.retention import RetentionKind, When
from gis_core.ownership.stock import rows

KINDS: Final = (
    RetentionKind(
        slug="road_inspections",
        title="Inspections des équipements de la route",
        what="Le constat et qui l'a fait ; le nom est effacé quand la personne le demande.",
        when=When.STAYS,
        models=("roads.RoadInspection",),
        duration=lambda: "tant que le membre tient la route",
        reason="l'histoire de l'équipement",
        stock=rows("roads.RoadInspection", "done_date"),
    ),
)
PROCESSINGS: Final = (
    Processing(
        slug="roads",
        title="Patrimoine routier",
        controller=Controller.MEMBER,
        purposes="Tenir et inspecter les routes et leurs équipements.",
        basis="mission d'intérêt public (art. 6 § 1 e)",
        people="agents et prestataires qui inspectent",
        models=("roads.RoadInspection",),
        recipients="agents du membre",
    ),
)

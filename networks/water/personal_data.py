"""How long who controlled what is kept, and what networks are processed for (`gis_core.ownership`)."""

from typing import Final

from gis_core.ownership.processings import Controller, Processing
from gis_core.ownership.retention import RetentionKind, When

MODELS: Final = ("water.HydrantInspection", "water.ManholeInspection")
KINDS: Final = (
    RetentionKind(
        slug="network_inspections",
        title="Contrôles des poteaux d'incendie et des regards",
        what="La mesure et qui l'a faite ; le nom est effacé quand la personne le demande.",
        when=When.STAYS,
        models=MODELS,
        duration=lambda: "tant que le membre tient le réseau",
        reason="l'histoire de l'ouvrage",
    ),
)
PROCESSINGS: Final = (
    Processing(
        slug="networks",
        title="Réseaux d'eau et d'assainissement, défense incendie",
        controller=Controller.MEMBER,
        purposes="Tenir et réparer les réseaux ; contrôler les ouvrages.",
        basis="mission d'intérêt public (art. 6 § 1 e)",
        people="agents et prestataires qui contrôlent ; abonnés, par l'adresse d'un branchement",
        models=(*MODELS, "water.OutagePhoto"),
        data="adresse et numéro d'un branchement, sans nom ; personnes visibles sur une photo de coupure",
        recipients="techniciens et administrateurs du membre ; le SDIS pour la défense incendie",
    ),
)

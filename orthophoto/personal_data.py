"""How long aerial photos are kept, and what they are processed for (`gis_core.ownership`)."""

from typing import Final

from gis_core.ownership.processings import Controller, Processing
from gis_core.ownership.retention import RetentionKind, When
from gis_core.ownership.stock import rows

KINDS: Final = (
    RetentionKind(
        slug="photos",
        title="Photos aériennes",
        what="Une campagne est retirée par qui l'a publiée ; les essais de construction partent après deux jours.",
        when=When.HAND,
        models=("orthophoto.Campaign", "orthophoto.Sheet", "catalogue.Photo", "catalogue.PhotoSheet"),
        duration=lambda: "tant que le membre les publie",
        reason="comparer les années ; à décider par le membre, aucun texte connu ne la fixe",
        stock=rows("catalogue.Photo", "acquired_date"),
    ),
)
PROCESSINGS: Final = (
    Processing(
        slug="photos",
        title="Photos aériennes à très haute résolution",
        controller=Controller.MEMBER,
        purposes="Voir le territoire : urbanisme, réseaux, voirie, risques.",
        basis="mission d'intérêt public (art. 6 § 1 e)",
        people="habitants et passants, leurs jardins, terrasses et véhicules : reconnaissables par le lieu",
        models=("orthophoto.Campaign", "orthophoto.Sheet", "catalogue.Photo", "catalogue.PhotoSheet"),
        data="l'image du sol, jusqu'à 5 cm par pixel",
        recipients="ceux à qui le membre ouvre la photo : lui seul, des membres choisis, les personnes connectées, ou"
        " tout le monde ; découpée sur les communes du membre quand il le choisit",
    ),
)

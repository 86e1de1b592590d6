"""The usual pieces of an application by kind, named as the forms (Cerfa) number them; others are typed."""

from collections.abc import Mapping, Sequence

from permits.deadlines.law import Kind

BUILDING = (
    "Plan de situation du terrain",
    "Plan de masse des constructions",
    "Plan en coupe du terrain et de la construction",
    "Notice décrivant le terrain et présentant le projet",
    "Plan des façades et des toitures",
    "Document graphique d’insertion du projet",
    "Photographie dans l’environnement proche",
    "Photographie dans le paysage lointain",
)
DECLARATION = (
    "Plan de situation du terrain",
    "Plan de masse coté dans les trois dimensions",
    "Plan en coupe précisant l’implantation",
    "Plan des façades et des toitures",
    "Représentation de l’aspect extérieur",
    "Document graphique d’insertion du projet",
    "Photographie dans l’environnement proche",
    "Photographie dans le paysage lointain",
)
DEVELOPMENT = (
    "Plan de situation du terrain",
    "Notice décrivant le terrain et le projet d’aménagement",
    "Plan de l’état actuel du terrain",
    "Plan de composition d’ensemble du projet",
)
DEMOLITION = (
    "Plan de situation du terrain",
    "Plan de masse des constructions à démolir ou à conserver",
    "Photographie des bâtiments à démolir",
)


def number_documents(letters: str, names: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"{letters}{rank} {name}" for rank, name in enumerate(names, start=1))


USUAL: Mapping[Kind, Sequence[str]] = {
    Kind.PC: number_documents("PC", BUILDING),
    Kind.PCMI: number_documents("PCMI", BUILDING),
    Kind.DP: number_documents("DP", DECLARATION),
    Kind.PA: number_documents("PA", DEVELOPMENT),
    Kind.PD: number_documents("PD", DEMOLITION),
    Kind.CUA: (),
    Kind.CUB: (),
}
"""Those of the base of each form. A certificate has none: a request changes nothing to its delay."""

"""The page `docs/reference/a-qui-sont-les-donnees.md`, made of the registry."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import translation

from gis_core.ownership.declarations import DECLARED, Declared, Fate, Whose, title_of
from gis_core.ownership.free_texts import FREE_TEXTS, is_searched
from gis_core.ownership.proof import PERSON_FATES

HEAD = """# À qui sont les données

Ce que le registre dit de chaque table (`gis_core.ownership.declarations`) : chaque application déclare les siennes, un
test compare avec les modèles du projet, et cette page est faite par `./arpent manage ownership`. Les couches qu'un
membre a importées sont dans des tables faites à la volée : elles sont à lui, et s'exportent comme les autres.

- **À qui** : au membre (suit `chemin`), à la personne, ou commune à tous (données de référence, fonctionnement).
- **Quand le membre part** : ses lignes sont exportées (JSON, et GeoPackage ou CSV ; documents à part), puis
  supprimées ; les archives publiques ne le sont qu'avec un visa (Code du patrimoine, R. 212-14). Ce qui est commun
  reste.
- **Quand une personne demande** : ce que deviennent les lignes qui la nomment, dans les colonnes dites. Ce qui est
  conservé l'est par un texte, [plus bas](#les-textes).
- **Textes libres** : les colonnes où l'on écrit librement, cherchées quand une personne demande, que quelqu'un relit
  (`gis_core.ownership.free_texts`) ; un test demande, de chaque colonne de texte, qu'elle y soit ou dise pourquoi non.

| Table | À qui | Chemin | Quand le membre part | Quand une personne demande | Colonnes qui nomment | Textes libres | Fichiers |
|---|---|---|---|---|---|---|---|
"""  # noqa: E501 - a line of a table
OWNERS = {Whose.MEMBER: "membre", Whose.PERSON: "personne", Whose.COMMON: "commune"}


def page() -> str:
    """The whole page, in French."""
    with translation.override("fr"):
        return HEAD + "".join(f"{line}\n" for line in lines()) + "\n" + "".join(texts())


def lines() -> Iterator[str]:
    for one in sorted(DECLARED.all(), key=lambda declared: declared.model):
        cells = [
            f"`{one.model}` {title_of(one)}",
            OWNERS[one.whose],
            " ou ".join(f"`{path}`" for path in (one.path, one.other) if path) or "–",
            leaving_of(one),
            person_of(one),
            ", ".join(f"`{column}`" for column in one.identity) or "–",
            ", ".join(f"`{column}`" for column in free_columns_of(one)) or "–",
            ", ".join(f"`{name}`" for name in one.files) + (" (liste)" if one.heavy else "") or "–",
        ]
        yield "| " + " | ".join(cells) + " |"


def free_columns_of(declared: Declared) -> tuple[str, ...]:
    """The columns of free text that a person's request searches."""
    texts = FREE_TEXTS.by_key().get(declared.model)
    return texts.columns if texts and is_searched(texts) else ()


def leaving_of(declared: Declared) -> str:
    if declared.whose == Whose.PERSON:
        return "le compte qui n'est qu'à ce membre est rendu anonyme"
    if declared.whose == Whose.COMMON:
        return "reste"
    return "supprimée, avec un visa" if declared.archive else "supprimée"


def person_of(declared: Declared) -> str:
    if declared.asks == Fate.NOTHING:
        return "–"
    fate = PERSON_FATES[declared.asks.value]
    return f"{fate} : {declared.basis.article}" if declared.basis else fate


def texts() -> Iterator[str]:
    """Each text once, with why and how long."""
    yield "## Les textes\n\n"
    bases = {one.basis.article: one.basis for one in DECLARED.all() if one.basis}
    for article, basis in sorted(bases.items()):
        yield f"- **{article}** — {basis.reason} Durée : {basis.duration}.\n"

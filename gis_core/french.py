"""French prepositions before the name of a commune, whose article they swallow."""

from typing import Final

ELIDED: Final = tuple("aeiouyhâàéèêëîïôûœAEIOUYHÂÀÉÈÊËÎÏÔÛŒ")


def of_commune(name: str) -> str:
    """« de Lorris », « d’Amilly », « du Mans », « des Ulmes »."""
    if short := contract_article(name, "du ", "des "):
        return short
    return f"d’{name}" if name.startswith(ELIDED) else f"de {name}"


def at_commune(name: str) -> str:
    """« à Lorris », « au Bignon-Mirabeau », « aux Choux »."""
    return contract_article(name, "au ", "aux ") or f"à {name}"


def contract_article(name: str, one: str, several: str) -> str:
    """The name with the preposition in place of its article; empty where it has none."""
    for article, short in (("Le ", one), ("Les ", several)):
        if name.startswith(article):
            return short + name.removeprefix(article)
    return ""

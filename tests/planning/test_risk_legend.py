"""What a risk plan forbids is red, what it allows under conditions is blue; a real plan says which is which."""

import pytest

from layers.catalogue.legend import line_for
from layers.planning.layers import declarations


def drawn(code: str, nature: str) -> str:
    """The words of the legend's line for a zone."""
    (legend,) = [one.beginnings()["legend"] for one in declarations() if one.slug == "risques-zones"]
    line = line_for(legend, {"typereglement": code, "nature": nature})
    assert line is not None
    return str(legend[line]["label"])


# Zones of 69DREAL20090005: B1 is blue, R1 red, De1 land that owners may give up, Ex1 land to be expropriated.
@pytest.mark.parametrize(
    ("code", "nature", "words"),
    [
        ("02", "urba", "Prescriptions"),
        ("04", "urba", "Interdiction"),
        ("03", "", "Interdiction"),
        ("01", "", "Prescriptions"),
        ("01", "foncier", "Délaissement ou expropriation"),
        ("02", "foncier", "Délaissement ou expropriation"),
        ("", "", "Autre zone réglementée"),
    ],
)
def test_a_zone_is_drawn_as_its_rule_says(code: str, nature: str, words: str) -> None:
    assert drawn(code, nature) == words

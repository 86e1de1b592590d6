"""A file read in one language is shown in another: what is kept of it is the same, whoever read it."""

from datetime import date
from pathlib import Path

import pytest
from django.utils import translation

from layers.intake.findings import from_json
from layers.intake.table import TableMapping, likely_columns
from layers.intake.tables import read_table
from networks.notifications.importers.columns import CONTACTS
from networks.notifications.importers.rows import contact_rows
from tests import factories
from tests.networks.conftest import Network
from tests.networks.water.importing import Importing, pipe, spot
from tests.networks.water.raepa_delivery import delivery, packed

FRENCH = (
    "Matériau",
    "Diamètre",
    "Année",
    "Cote",
    "Profondeur",
    "Nature",
    "Référence",
    "n’est",
    "n'est",
    "est ",
    "ligne",
)


def messages(importing: Importing, network: Network, language: str, *paths: Path) -> tuple[list[object], list[str]]:
    """What is kept of the findings of files that were read in a language, and what an English reader is shown."""
    with factories.as_owner():
        for person in network.people.values():
            person.language = language
            person.save(update_fields=["language"])
    with translation.override(language):
        made = importing.sent(*paths)
    with translation.override("en"):
        return made.findings, [one.message for one in from_json(made.findings)]


def test_layers_of_a_network_read_in_french_are_shown_in_english(importing: Importing, network: Network) -> None:
    pipes = importing.file(
        "canalisations",
        [
            pipe("C1", (0, 0), (100, 0), materiau="papier", diametre="gros", annee="hier", profondeur="-99"),
            pipe("C1", (0, 20), (100, 20), materiau="PVC", diametre="4\"", annee="12/05/1998"),
            pipe("C3", (0, 40), (0.01, 40), longueur="douze"),
            (None, {"ref": "C4"}),
        ],
    )  # fmt: skip
    nodes = importing.file("noeuds", [spot("N1", 0, 1.2345, type="vanne"), spot("N2", 50, 60, type="quoi")])
    french, shown = messages(importing, network, "fr", pipes, nodes)
    english, same = messages(importing, network, "en", pipes, nodes)
    assert len(shown) > 5
    assert (french, shown) == (english, same)
    assert [one for one in shown if any(word in one for word in FRENCH)] == []


def test_a_delivery_of_raepa_read_in_french_is_shown_in_english(
    importing: Importing, network: Network, tmp_path: Path
) -> None:
    tables = delivery()
    values, line = tables["RAEPA_CANALASS_L"]["S1"]
    tables["RAEPA_CANALASS_L"]["S1"] = values | {"TYPRESEAU": ""}, line
    path = packed(tables, tmp_path / "none", tmp_path, "livraison")
    french, shown = messages(importing, network, "fr", path)
    english, same = messages(importing, network, "en", path)
    assert "TYPRESEAU is empty: taken for “wastewater”." in " ".join(shown).lower().replace("typreseau", "TYPRESEAU")
    assert (french, shown) == (english, same)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_list_of_contacts_says_the_same_in_every_language(tmp_path: Path, language: str) -> None:
    path = tmp_path / "liste.csv"
    path.write_text(
        "nom;adresse;mobile;accord;date accord\nA;1 rue;06;oui;\n"
        "B;2 rue;0639980001;peut-être;\n;3 rue;0639980002;oui;\nD;4 rue;0639980003;oui;demain\n"
        "E;5 rue;0639980004;oui;01/02/2026\nE;5 rue;0639980004;oui;01/02/2026\n"
    )
    with translation.override(language):
        table = read_table(path, CONTACTS.limits)
        rows = list(contact_rows(table, TableMapping(likely_columns(CONTACTS.fields, table.header)), date(2026, 3, 1)))
    wrong = [(one.place, one.code, dict(one.params)) for one in rows if one.person is None]
    assert wrong == [
        (2, "The telephone number cannot be read, or there is neither number nor e-mail address.", {}),
        (3, "The consent is neither yes nor no.", {}),
        (4, "The name is missing.", {}),
        (5, "The day of the consent cannot be read, or has not come yet.", {}),
        (7, "The same person as on row %(row)s.", {"row": 6}),
    ]

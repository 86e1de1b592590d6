"""Registers of other tools as files: encodings, separators, headers, values, days, parcels. Needs no database."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

from gis_core.errors import Invalid
from layers.intake.findings import UnfitError
from layers.intake.messages import format_message as message_of
from layers.intake.table import TableLimits, TableMapping
from layers.intake.table import likely_columns as likely_columns_of
from layers.intake.tables import Table, read_table
from permits.importers.columns import LIMITS, REGISTER, Ending, likely_ending, likely_kind
from permits.importers.register import Entry, Remark, day_in, entry_of, number_of, parcels_of

DATA = Path(__file__).parents[1] / "data" / "permits"
TODAY = date(2026, 2, 3)


FEATURES = b"""{"type": "FeatureCollection", "features": [
    {"type": "Feature", "geometry": null, "properties": {"a": 1}}]}"""


def likely_columns(header: Sequence[str]) -> dict[str, str]:
    return likely_columns_of(REGISTER.fields, header)


def register(path: Path) -> Table:
    return read_table(path, LIMITS)


def read(name: str) -> list[Entry | str]:
    """Each row of a file as its entry, or as the reason for which it is none."""
    table = register(DATA / name)
    mapping = TableMapping(likely_columns(table.header))
    told: list[Entry | str] = []
    for row in table.rows:
        try:
            told.append(entry_of(row, mapping, TODAY))
        except UnfitError as error:
            told.append(str(error))
    return told


def entries(name: str) -> dict[str, Entry]:
    """By their numbers; of two rows of one number the first."""
    return {one.number.packed: one for one in reversed(read(name)) if isinstance(one, Entry)}


@pytest.mark.parametrize(
    ("name", "encoding", "separator", "header_row"),
    [("openads.csv", "cp1252", ";", 3), ("tabs-bom.tsv", "utf-8-sig", "\t", 1), ("commas.csv", "utf-8", ",", 1)],
)
def test_encoding_separator_and_headers_are_found(name: str, encoding: str, separator: str, header_row: int) -> None:
    found = register(DATA / name)
    assert (found.encoding, found.separator, found.header_row) == (encoding, separator, header_row)


def test_the_columns_of_an_export_are_recognised() -> None:
    assert likely_columns(register(DATA / "openads.csv").header) == {
        "number": "Dossier",
        "kind": "Type de dossier",
        "filed_date": "Date de dépôt",
        "applicant": "Pétitionnaire",
        "applicant_address": "Adresse du demandeur",
        "address": "Localisation",
        "parcels": "Références cadastrales",
        "description": "Nature des travaux",
        "outcome": "Décision",
        "decided_date": "Date de la décision",
        "due_date": "Date limite d'instruction",
        "instructor": "Instructeur",
    }


def test_dates_of_decision_and_of_notification_are_told_apart() -> None:
    found = likely_columns(register(DATA / "tabs-bom.tsv").header)
    assert (found["decided_date"], found["notified_date"], found["outcome"]) == (
        "Date décision",
        "Date de notification",
        "Nature décision",
    )
    assert (found["started_date"], found["finished_date"]) == ("Date ouverture chantier", "DAACT")


def test_a_row_becomes_an_entry() -> None:
    entry = entries("openads.csv")["PC0459012100001"]
    assert (entry.kind, entry.filed, entry.decided, entry.ending) == (
        "PCMI",
        date(2021, 3, 12),
        date(2021, 5, 5),
        Ending.GRANTED,
    )
    assert (entry.parcels, entry.row) == (("45901000AB0001",), 4)
    assert entry.person is not None
    assert (entry.person.name, entry.person.address) == ("MARTIN Jeanne", "1, rue des Lilas\n45260 LORRIS")


def test_rows_that_make_no_sense_say_why() -> None:
    told = [one for one in read("openads.csv") if isinstance(one, str)]
    assert told == [
        "La ligne a plus de cases que de colonnes : un texte contient le séparateur, sans guillemets.",
        "La décision (Refusé) n’a pas de date.",
        "« 31/02/2022 » n’est pas une date.",
        "Le dossier a été déposé le 05/02/2022 : rien ne lui arrive avant (01/02/2022).",
        "La nature « CU » n’est pas reconnue : dites dans les colonnes laquelle des nôtres c’est.",
        "« AT 045 901 22 00001 » n’est pas un numéro national.",
    ]


def test_the_decision_counts_from_its_notification() -> None:
    entry = entries("tabs-bom.tsv")["PD0459012400001"]
    assert (entry.decided, entry.signed, entry.filed) == (date(2024, 2, 26), date(2024, 2, 20), date(2024, 1, 9))


def test_parcels_of_another_commune_and_what_is_no_parcel_are_left_out_and_told() -> None:
    entry = entries("openads.csv")["PC0459012200009"]
    assert entry.parcels == ("45901000AB0002",)
    assert [message_of(*one) for one in entry.remarks] == [
        "La parcelle 45903000AC0001 n’est pas dans la commune 45901 : laissée de côté."
    ]
    assert [one for one in read("commas.csv") if isinstance(one, str)] == [
        "La nature « permis » n’est pas reconnue : dites dans les colonnes laquelle des nôtres c’est."
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("AB 1, 2 et 13", ["AB0001", "AB0002", "AB0013"]),
        ("000AB0123;000AB0124", ["AB0123", "AB0124"]),
        ("AB0001 ; A 12", ["AB0001", "0A0012"]),
        ("459010000A0012", ["0A0012"]),
        ("(AB 7)", ["AB0007"]),
        ("", []),
    ],
)
def test_parcels_are_read_as_registers_write_them(text: str, expected: list[str]) -> None:
    remarks: list[Remark] = []
    assert [idu[8:] for idu in parcels_of(text, "45901", remarks)] == expected
    assert remarks == []


@pytest.mark.parametrize(
    ("text", "packed"),
    [
        ("PC 045 901 21 00002", "PC0459012100002"),
        ("pc-45-901-21-00002", "PC0459012100002"),
        ("PC1305515J0045P0", "PC01305515J0045"),
        ("DP 2A 004 19 R0012 M02", "DP02A00419R0012M02"),
    ],
)
def test_numbers_are_read_with_departments_of_two_or_three_characters(text: str, packed: str) -> None:
    assert number_of(text).packed == packed


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("01/02/2020", date(2020, 2, 1)),
        ("1-2-2020", date(2020, 2, 1)),
        ("2020-02-01T00:00:00", date(2020, 2, 1)),
        ("00/00/0000", None),
        ("", None),
    ],
)
def test_days_are_read_as_registers_write_them(text: str, day: date | None) -> None:
    assert day_in(text) == day


@pytest.mark.parametrize("text", ["02/30/2020", "01/02/20", "hier", "2020", "1e3", "٠١/٠٢/٢٠٢٠"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(UnfitError):
        day_in(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("PCI", "PCMI"),
        ("Permis de construire pour une maison individuelle", "PCMI"),
        ("Permis de construire", "PC"),
        ("Déclaration préalable", "DP"),
        ("CU a", "CUa"),
        ("Certificat d’urbanisme opérationnel", "CUb"),
        ("Permis d'aménager", "PA"),
        ("CU", ""),
        ("Autre", ""),
    ],
)
def test_kinds_are_recognised(text: str, kind: str) -> None:
    assert likely_kind(text) == kind


@pytest.mark.parametrize(
    ("text", "ending"),
    [
        ("Accordé", "granted"),
        ("Non-opposition", "granted"),
        ("Avis favorable", "granted"),
        ("Défavorable", "refused"),
        ("Opposition à déclaration", "refused"),
        ("Arrêté de refus", "refused"),
        ("Rejet tacite", "rejected"),
        ("Permis tacite", "tacit"),
        ("Refus tacite", ""),
        ("Classé sans suite", "withdrawn"),
        ("En cours", "open"),
        ("", "open"),
        ("Voir dossier", ""),
    ],
)
def test_decisions_are_recognised(text: str, ending: str) -> None:
    assert likely_ending(text) == ending


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "vide"),
        (b"PK\x03\x04etc", "abîmée"),
        (b"%PDF-1.7\n\0\0\0", "PDF"),
        (b"bonjour\n", "colonne"),
        (FEATURES, "tableau"),
        (b'numero;depot\n"PC 045 901 21 00001;' + b"x" * 200_000, "coupé"),
    ],
)
def test_what_is_no_register_is_refused_in_words(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "registre.csv"
    path.write_bytes(content)
    with pytest.raises(Invalid, match=words):
        register(path)


def test_a_file_that_is_too_large_or_too_long_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "registre.csv"
    path.write_text("numero;depot\n" + "PC 045 901 21 00001;01/02/2021\n" * 20)
    with pytest.raises(Invalid, match="10 lignes"):
        read_table(path, TableLimits(file_bytes=10_000, rows=10, columns=5))
    with pytest.raises(Invalid, match="Mo"):
        read_table(path, TableLimits(file_bytes=100, rows=100, columns=5))
    with pytest.raises(Invalid, match="colonne"):
        read_table(path, TableLimits(file_bytes=10_000, rows=100, columns=1))


def test_utf_16_and_names_given_twice_are_read(tmp_path: Path) -> None:
    path = tmp_path / "registre.txt"
    path.write_text("Numéro\tDate dépôt\tNom\tNom\nPC 045 901 21 00001\t01/02/2021\tÉlodie\t\0\n", encoding="utf-16")
    table = register(path)
    assert table.header == ("Numéro", "Date dépôt", "Nom", "Nom_2")
    assert [row.cells and row.cells["Nom"] for row in table.rows] == ["Élodie"]


@pytest.mark.parametrize("mark", ["\u2028", "\x85", "\x0b", "\x0c", "\x1c"])
def test_only_an_end_of_line_ends_a_row(tmp_path: Path, mark: str) -> None:
    """Other characters that Python counts as ends are part of their cell, also in the last row and in the title."""
    path = tmp_path / "registre.csv"
    content = f"Registre{mark}de la commune\nnumero;depot;objet\n" + f"PC 045 901 21 00001;01/02/2021;un{mark}mur\n" * 3
    path.write_text(content.rstrip("\n"), newline="")
    table = register(path)
    assert (table.header_row, table.header) == (2, ("numero", "depot", "objet"))
    assert [(row.number, row.cells and row.cells["objet"]) for row in table.rows] == [
        (number, f"un{mark}mur") for number in (3, 4, 5)
    ]


@pytest.mark.parametrize("end", ["PC 045 901 21 000", 'PC 045 901 21 00003;"01/02', 'PC 045 901 21 00003;"01/02\n'])
def test_a_register_that_was_cut_says_where(tmp_path: Path, end: str) -> None:
    path = tmp_path / "registre.csv"
    path.write_text("numero;depot\n" + "PC 045 901 21 00001;01/02/2021\n" * 20 + end)
    with pytest.raises(Invalid) as refused:
        register(path)
    assert "22" in refused.value.message


def test_rows_keep_the_numbers_that_a_spreadsheet_gives_them(tmp_path: Path) -> None:
    """Empty lines count; a row without its last cells, or with more that are empty, is whole; one with more is none."""
    path = tmp_path / "registre.csv"
    path.write_text('numero;depot;objet\nA;1\n\nB;2;x;;\nC;3;x;y\n"D\nd";4;z\n')
    assert [(row.number, row.cells and tuple(row.cells.values())) for row in register(path).rows] == [
        (2, ("A", "1", "")),
        (4, ("B", "2", "x")),
        (5, None),
        (6, ("D\nd", "4", "z")),
    ]


def test_a_spreadsheet_is_read_like_text_whatever_stands_above_its_header(tmp_path: Path) -> None:
    book = Workbook()
    for row in (
        ("Registre de la commune", "2021"),
        ("numero", "depot", "objet", "surface", None),
        ("PC 045 901 21 00001", date(2021, 2, 1), 12, 12.5),
        (),
        ("X", None, "mur 1/2", 3),
    ):
        book.active.append(row)
    book.save(tmp_path / "registre.xlsx")
    table = register(tmp_path / "registre.xlsx")
    assert (table.format, table.header, table.header_row) == ("XLSX", ("numero", "depot", "objet", "surface"), 2)
    assert [(row.number, *(row.cells or {}).values()) for row in table.rows] == [
        (3, "PC 045 901 21 00001", "2021-02-01", "12", "12.5"),
        (5, "X", "", "mur 1/2", "3"),
    ]


def test_of_several_sheets_none_is_taken_in_silence(tmp_path: Path) -> None:
    book = Workbook()
    book.active.title = "2020"
    for sheet in (book.active, book.create_sheet("2021")):
        sheet.append(("numero", "depot"))
        sheet.append(("PC 045 901 21 00001", "01/02/2021"))
    book.create_sheet("vide")
    book.save(tmp_path / "registre.xlsx")
    with pytest.raises(Invalid, match=r"2020, 2021"):
        register(tmp_path / "registre.xlsx")


def test_titles_above_the_header_do_not_let_more_rows_in(tmp_path: Path) -> None:
    book = Workbook()
    for row in (("Registre",), ("numero", "depot"), *[("PC 045 901 21 00001", "01/02/2021")] * 4):
        book.active.append(row)
    book.save(tmp_path / "registre.xlsx")
    assert len(read_table(tmp_path / "registre.xlsx", TableLimits(file_bytes=100_000, rows=4, columns=5)).rows) == 4
    with pytest.raises(Invalid, match="3 lignes"):
        read_table(tmp_path / "registre.xlsx", TableLimits(file_bytes=100_000, rows=3, columns=5))


def test_nul_characters_of_old_exports_go_also_from_rows_of_another_width(tmp_path: Path) -> None:
    path = tmp_path / "registre.csv"
    path.write_text("numero;depot;objet\nA\0;1;x\0y\nB;2\0\n")
    rows = [row.cells and tuple(row.cells.values()) for row in register(path).rows]
    assert rows == [("A", "1", "xy"), ("B", "2", "")]

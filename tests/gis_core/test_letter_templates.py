"""The language of letter templates, the markup of letters, and the files that come of them."""

import ctypes
import re
import zipfile
from io import BytesIO
from typing import Any

import docx
import pypdfium2
import pytest
from django.utils.translation import override

from gis_core.errors import Invalid
from gis_core.letters.blocks import blocks_of, has_open_field, plain
from gis_core.letters.document import Document, format_day, pdf_of
from gis_core.letters.kinds import Field, Holds, LetterKind
from gis_core.letters.template import LONGEST_BODY, Template
from gis_core.letters.word import docx_of
from gis_core.points import LETTER_KINDS

FIELDS = (
    Field("numero", "number", "12"),
    Field("travaux", "works", "Maison"),
    Field("pieces", "pieces", ("a", "b"), Holds.LIST),
    Field("motifs", "grounds", ("c",), Holds.LIST),
    Field("certificat", "whether", False, Holds.FLAG),
)
KIND = LetterKind(code="essai", name="Essai", group="Essais", series="ESS", fields=FIELDS, title="Titre", body="Texte")


def filled(text: str, **values: Any) -> str:
    return Template(text, KIND).filled(values)


def refused(text: str, parameter: str = "body") -> str:
    with override("fr"), pytest.raises(Invalid) as error:
        Template(text, KIND, parameter=parameter)
    assert error.value.extra["parameter"] == parameter
    return str(error.value.message)


# -- filling ----------------------------------------------------------------------------------------------------------


def test_a_field_is_replaced_by_its_value() -> None:
    assert filled("Dossier {{numero}} ({{ travaux }})", numero="12", travaux="Maison") == "Dossier 12 (Maison)"


def test_a_field_without_a_value_is_a_place_to_complete() -> None:
    assert filled("Dossier {{ numero }}") == "Dossier [à compléter : numero]"


def test_a_line_with_a_list_is_repeated_and_counted() -> None:
    assert filled("| {{ rang }} | {{ pieces }} |", pieces=["Plan", "Notice"]) == "| 1 | Plan |\n| 2 | Notice |"


def test_a_list_without_values_leaves_one_place_to_complete() -> None:
    assert filled("- {{ pieces }}", pieces=[]) == "- [à compléter : pieces]"


@pytest.mark.parametrize(
    ("condition", "expected"), [("si travaux", "oui"), ("si non travaux", "non"), ("si certificat", "non")]
)
def test_a_condition_chooses_lines(condition: str, expected: str) -> None:
    text = f"{{{{ {condition} }}}}\noui\n{{{{ sinon }}}}\nnon\n{{{{ fin }}}}"
    assert filled(text, travaux="Maison", certificat=False) == expected


@pytest.mark.parametrize(
    "value",
    [
        *("**gras**", "# Titre", "- puce", "| a | b |", "{{ numero }}", "[saut de page]", "\\*", "{% load x %}"),
        *("une ligne\n# deux", "une ligne\n\n- trois", "<script>alert(1)</script>", "{{ si travaux }}"),
    ],
)
def test_a_value_never_becomes_markup(value: str) -> None:
    text = filled("{{ travaux }}", travaux=value)
    blocks = blocks_of(text)
    assert {block.kind for block in blocks} == {"paragraph"}
    assert not has_open_field(text)
    lines = [plain(line) for block in blocks for line in block.lines]
    assert lines == [line for line in value.split("\n") if line]
    assert not any(run.bold for block in blocks for line in block.lines for run in line)


def test_a_value_of_several_lines_stays_in_its_cell() -> None:
    (table,) = blocks_of(filled("| Objet | {{ travaux }} |", travaux="une\n\n| x | y |"))
    assert [[plain(cell) for cell in row] for row in table.rows] == [["Objet", "une | x | y |"]]


# -- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        *("{{ inconnu }}", "{{ numero.__class__ }}", "{{ numero|safe }}", "{{ pieces[0] }}", "{{ 7 * 7 }}", "{{ }}"),
        *("{{ open('/etc/passwd') }}", "{{ numero", "numero }}", "{{ {{ numero }} }}", "{{{ numero }}}"),
        *("{{ certificat }}", "{{ pieces }} {{ motifs }}", "{{ rang }}", "{{ NUMERO }}", "{{ include x }}"),
        *(
            "{{ si numero }}",
            "{{ fin }}",
            "{{ sinon }}",
            "texte {{ si numero }}\n{{ fin }}",
            "{{ si inconnu }}\n{{ fin }}",
        ),
        *(
            "{{ si numero }}\n{{ si travaux }}\n{{ fin }}\n{{ fin }}",
            "{{ si numero }}\n{{ sinon }}\n{{ sinon }}\n{{ fin }}",
        ),
    ],
)
def test_what_is_no_field_is_refused_with_its_line_and_those_that_there_are(text: str) -> None:
    said = refused(f"Bonjour,\n\n{text}")
    assert re.search(r"Ligne [3-6]\u00a0: ", said), said
    assert "certificat, lieu, membre, motifs, numero, pieces, recours, travaux" in said


def test_a_field_of_another_kind_says_of_which() -> None:
    other = next(kind for kind in LETTER_KINDS.all() if "rejet" in kind.fields_by_name())
    assert str(other.name) in refused("{{ rejet }}")


def test_a_huge_template_is_refused() -> None:
    assert str(LONGEST_BODY) in refused("{{ numero }}" * LONGEST_BODY)


def test_braces_without_end_are_read_at_once() -> None:
    refused("{{" * (LONGEST_BODY // 2))
    assert blocks_of("**" * LONGEST_BODY)
    assert blocks_of("|" * LONGEST_BODY)


def test_a_list_does_not_go_into_the_subject() -> None:
    refused("{{ pieces }}", "title")


def test_every_built_in_template_knows_its_fields() -> None:
    assert len(LETTER_KINDS.all()) >= 7
    for kind in LETTER_KINDS.all():
        text = Template(kind.body, kind).filled(kind.samples())
        assert Template(kind.title, kind, parameter="title").filled(kind.samples())
        assert not has_open_field(text)
        assert len({field.name for field in kind.fields}) == len(kind.fields)


# -- markup -----------------------------------------------------------------------------------------------------------


def test_markup_makes_blocks() -> None:
    text = "# Un\n## Deux\nmot **gras** mot\nsuite\n\n- a\n- b\n\n| x | y |\n| 1 |\n[saut de page]\nfin"
    blocks = blocks_of(text)
    assert [block.kind for block in blocks] == [
        *("heading", "heading", "paragraph", "bullets", "table", "break", "paragraph")
    ]
    assert [run.bold for run in blocks[2].lines[0]] == [False, True, False]
    assert [len(row) for row in blocks[4].rows] == [2, 2]


def test_stars_without_their_fellows_stand_for_themselves() -> None:
    ((run,),) = (blocks_of("2 ** 3")[0].lines,)
    assert plain(run) == "2 ** 3"


# -- files ------------------------------------------------------------------------------------------------------------


def document(**more: Any) -> Document:
    body = blocks_of(
        "## Article 1\n\nMot **gras**.\n\n- puce\n\n| N° | Pièce |\n| 1 | Plan & <b>masse</b> |\n"
        "\n[saut de page]\n\nFin"
    )
    given = {
        "sender": "Communauté du Lys",
        "recipient": "Jeanne Martin\n1 rue des Lilas",
        "title": "Essai",
        "body": body,
    }
    return Document(**given | {"signatory": "La présidente"} | more)  # type: ignore[arg-type]


def words_of(content: bytes) -> list[str]:
    read = pypdfium2.PdfDocument(content)
    return [page.get_textpage().get_text_bounded().replace("\r\n", "\n") for page in read]


def test_a_draft_is_marked_on_every_page_of_its_pdf() -> None:
    pages = words_of(pdf_of(document()))
    assert len(pages) == 2
    assert all("PROJET" in page for page in pages)
    assert "Plan & <b>masse</b>" in pages[0]


def test_a_final_pdf_has_its_number_and_no_mark() -> None:
    (first, second) = words_of(pdf_of(document(number="ADS-2026-000123")))
    assert "Réf. : ADS-2026-000123" in first
    assert "ADS-2026-000123" in second
    assert "PROJET" not in first + second


def test_the_pdf_is_tagged_and_says_its_language() -> None:
    read = pypdfium2.PdfDocument(pdf_of(document()))
    assert pypdfium2.raw.FPDFCatalog_IsTagged(read.raw)
    assert read.get_metadata_value("Title") == "Projet · Essai"
    size = pypdfium2.raw.FPDFCatalog_GetLanguage(read.raw, None, 0)
    language = (ctypes.c_ushort * (size // 2))()
    pypdfium2.raw.FPDFCatalog_GetLanguage(read.raw, language, size)
    assert bytes(language).decode("utf-16-le") == "fr\0"


def test_the_docx_holds_the_same_words() -> None:
    file = docx.Document(BytesIO(docx_of(document(number="ADS-2026-000123"))))
    texts = [paragraph.text for paragraph in file.paragraphs]
    assert {"Article 1", "Mot gras.", "puce", "Jeanne Martin\n1 rue des Lilas", "Réf. : ADS-2026-000123"} <= set(texts)
    assert [[cell.text for cell in row.cells] for row in file.tables[0].rows][1] == ["1", "Plan & <b>masse</b>"]
    assert next(one.style.name for one in file.paragraphs if one.text == "Objet : Essai") == "Heading 1"
    assert "PROJET" not in file.sections[0].header.paragraphs[0].text


def test_a_docx_draft_is_marked_and_says_its_language() -> None:
    content = docx_of(document())
    assert "PROJET" in docx.Document(BytesIO(content)).sections[0].header.paragraphs[0].text
    styles = zipfile.ZipFile(BytesIO(content)).read("word/styles.xml").decode()
    assert 'w:val="fr-FR"' in styles
    assert 'w:val="en-US"' not in styles


def test_days_are_written_in_french() -> None:
    from datetime import date

    with override("en"):
        assert format_day(date(2026, 3, 1)) == "1er mars 2026"

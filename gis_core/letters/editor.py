"""The editor of a letter's text (`webmap/src/letters/`): what the page of a draft gives it.

It writes the markup of `blocks.py` into the field that is sent: without scripts the field is there as it is.
"""

from typing import Any, Final

from django.utils.translation import gettext as _

from gis_core import webmap_build

SCRIPT: Final = "src/letters/main.ts"


def editor_context(preview: str) -> dict[str, Any]:
    """For `letters/editor.html`; `preview` is the address that answers what is typed as it will be set."""
    return {"editor": webmap_build.read(SCRIPT), "editor_config": {"preview": preview, "words": editor_texts()}}


def editor_texts() -> dict[str, str]:
    return {
        "toolbar": _("Form of the text"),
        "bold": _("Bold"),
        "paragraph": _("Paragraph"),
        "heading": _("Heading"),
        "smaller": _("Smaller heading"),
        "bullets": _("Bullets"),
        "table": _("Table"),
        "row": _("Add a row"),
        "column": _("Add a column"),
        "lessRow": _("Remove the row"),
        "lessColumn": _("Remove the column"),
        "lessTable": _("Remove the table"),
        "page": _("Page break"),
        "undo": _("Undo"),
        "redo": _("Redo"),
        "asText": _("Write with signs"),
        "asPage": _("Write as on the page"),
        "live": _("Preview of what is typed"),
        "failed": _("The preview could not be made: it shows what it was made of before."),
    }

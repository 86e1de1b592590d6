"""Whose the rows of this app's models are (`gis_core.ownership`)."""

from typing import Final

from gis_core.ownership.declarations import common, of_member
from gis_core.ownership.free_texts import CODE, FreeText, page_of

DECLARATIONS: Final = (*common("external", "AllowedHost"), *of_member("external", {"ExternalLayer": "owner"}))
FREE_TEXTS: Final = (
    FreeText(model="external.AllowedHost", columns=("note",), unread={"host": CODE}),
    FreeText(
        model="external.ExternalLayer",
        columns=("title", "title_en", "abstract", "attribution", "licence"),
        links=page_of("external", "slug"),
        unread=dict.fromkeys(
            ("service", "name", "style", "service_version", "format", "matrix_set", "matrices", "legend_url"), CODE
        ),
    ),
)

"""JSON bodies."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from gis_core.desk.parameters import whole_number

MOST_BYTES = 32 * 1_048_576


class BoundedJSONParser(JSONParser):
    """DRF's parser, for which endless bodies and a hundred thousand brackets are bad input and not a failure."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        # The server gives no more of the body than it was told.
        length = whole_number(parser_context["request"].META.get("CONTENT_LENGTH") or "0")
        if length is None or length > MOST_BYTES:
            raise RequestDataTooBig
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise ParseError(_("The JSON is nested too deeply.")) from error

"""Which version of a thing a program saw, by the entity tag that it names."""

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from gis_core.errors import VersionRequired

IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, required=True, description="the ETag of what is changed, as seen, or *"
)


def saw_version(request: Request, tag: str) -> bool:
    """Whether If-Match names the tag of the thing as it is now, or any (RFC 9110, 13.1.1).

    Raises VersionRequired without the header (RFC 6585, 3).
    """
    tags = request.headers.get("If-Match", "").strip()
    if not tags:
        raise VersionRequired(_("Say which version you saw: send its ETag as If-Match."))
    return tags == "*" or tag in {one.strip() for one in tags.split(",")}

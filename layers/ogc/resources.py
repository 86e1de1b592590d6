"""What every address below /ogc/ shares: who asks, which layer, how an answer is sent."""

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View
from isal import isal_zlib

from gis_core.errors import Forbidden
from gis_core.http.middleware import rights_of_request
from gis_core.http.problem import problem
from gis_core.members.rights import Rights
from layers.catalogue.models import Layer
from layers.catalogue.services import visible_layer
from layers.features.services.origin import Origin
from layers.ogc.formats import Format

SMALLEST_ZIPPED = 1_400
GZIP_LEVEL, GZIP_FORMAT = 1, 31
HEADERS = {
    "Cache-Control": "private, no-cache",
    "Vary": "Accept, Accept-Encoding, Accept-Language, Authorization, Cookie",
}


def compact(document: Any) -> str:
    """JSON without spaces."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


class CsrfCheck(CsrfViewMiddleware):
    """Tells why a request is refused, instead of refusing it."""

    def _reject(self, request: HttpRequest, reason: str) -> Any:
        return reason


class Resource(View):
    """An address that is read; the subclasses say by whom it is written. OPTIONS tells which methods there are."""

    request: HttpRequest

    @property
    def rights(self) -> Rights:
        return rights_of_request(self.request)

    @property
    def by_token(self) -> bool:
        return bool(self.request.by_token)  # type: ignore[attr-defined]

    @property
    def base(self) -> str:
        """The address of /ogc, without a slash at its end."""
        return self.request.build_absolute_uri(reverse("ogc:landing")).rstrip("/")

    def layer(self, slug: str) -> Layer:
        """The layer as far as the asker sees it. Raises NotFound."""
        return visible_layer(slug, self.rights)

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if "slug" in kwargs:
            self.layer(kwargs["slug"])
        return super().options(request, *args, **kwargs)

    # -- writing ------------------------------------------------------------------------------------------------------

    def may_write(self, layer: Layer) -> bool:
        """Whether the asker may write in the layer the way they ask: a program sends no version of what it saw."""
        return layer.may_edit(self.rights) and not (layer.strict_locking and self.by_token)

    def refuse_nobody(self) -> HttpResponse | None:
        """The refusal of a write by nobody. A session owes a CSRF token. Raises Forbidden."""
        if not self.rights.signed_in:
            challenge = {"WWW-Authenticate": 'Basic realm="Arpent"'}
            return problem(401, _("Sign in, or send an API token, to change anything."), headers=challenge)
        if not self.by_token:
            check = CsrfCheck(lambda request: HttpResponse())
            check.process_request(self.request)
            if check.process_view(self.request, None, (), {}):  # type: ignore[arg-type]
                message = _("The form's security token is missing or expired: reload the page and send it again.")
                raise Forbidden(message)
        return None

    def origin(self) -> Origin:
        """Where a write comes from, for the history."""
        agent = self.request.headers.get("User-Agent", "")
        if not self.by_token:
            return Origin("web")
        return Origin("qgis" if "QGIS" in agent else "api", getattr(self.request.user, "token_name", ""))

    # -- answers ------------------------------------------------------------------------------------------------------

    def answer(self, document: Mapping[str, Any], form: Format) -> HttpResponse:
        return self.send(compact(document), form)

    def send(self, text: str, form: Format, headers: Mapping[str, str] | None = None) -> HttpResponse:
        """A text of this form, gzipped where that is taken and worth it."""
        content, encoding = text.encode(), {}
        if len(content) >= SMALLEST_ZIPPED and "gzip" in self.request.headers.get("Accept-Encoding", ""):
            content, encoding = isal_zlib.compress(content, GZIP_LEVEL, wbits=GZIP_FORMAT), {"Content-Encoding": "gzip"}
        said = {**HEADERS, **encoding, **(headers or {})}
        return HttpResponse(content, content_type=form.media_type, headers=said)

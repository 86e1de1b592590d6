"""/api/schema/: the OpenAPI document."""

import threading
from typing import Any

from django.urls import path
from django.utils.translation import get_language
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularAPIView

_one_at_a_time = threading.Lock()
_made: dict[str, Any] = {}


class OnceGenerator(SchemaGenerator):
    """The document of each language, made once in a process, and one at a time.

    drf-spectacular keeps what it is at in the views themselves, so that two documents made at once spoil each other;
    and making one takes a second of processor time. Everybody gets the same document (SERVE_PUBLIC).
    """

    def get_schema(self, request: Any = None, public: bool = False) -> Any:
        language = get_language() or ""
        with _one_at_a_time:
            if language not in _made:
                _made[language] = super().get_schema(request, public)  # type: ignore[no-untyped-call]
            return _made[language]


class SchemaView(SpectacularAPIView):
    generator_class = OnceGenerator


urlpatterns = [path("", SchemaView.as_view(), name="api_schema")]

"""Themes, layers and background maps in the administration."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from gis_core.administration.edit_admin import EditAdmin
from gis_core.desk.forms import TypedJSONField
from layers.catalogue.models import Background, Layer, Theme


@admin.register(Theme)
class ThemeAdmin(EditAdmin):
    list_display = ("title", "slug", "order")
    list_editable = ("order",)


@admin.register(Layer)
class LayerAdmin(EditAdmin):
    """How a layer looks and who sees it. Where its rows lie is the importers' business, not a form's."""

    list_display = ("title", "theme", "owner", "visibility", "order", "visible_at_first", "source_date")
    list_filter = ("theme", "visibility", "owner")
    search_fields = ("slug", "title")
    formfield_overrides = {models.JSONField: {"form_class": TypedJSONField}}
    exclude = ("tolerance_m2", "tolerance_percent", "tolerance_m")  # in a layer's settings, where the sheet reads it
    readonly_fields = (
        "slug",
        "table",
        "rows",
        "geometry_type",
        "columns",
        "title_field",
        "key_column",
        "rules",
        "labels",
        "version",
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Background)
class BackgroundAdmin(EditAdmin):
    list_display = ("title", "kind", "url", "min_zoom", "max_zoom", "order")
    list_filter = ("kind",)

"""/administration/: for the agency's administrators alone; signing in is that of every page."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.contrib import admin
from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gis_core.desk.form_keys import record_once
from gis_core.desk.signed_in import ask_to_sign_in
from gis_core.http.middleware import rights_of_request
from gis_core.operations.night_backups import backup_state


class ArpentAdminSite(AdminSite):
    site_header = _("Arpent administration")
    site_title = _("Arpent administration")
    index_title = _("Members, layers, jobs")
    site_url = "/"
    index_template = "administration/index.html"
    final_catch_all_view = False

    def has_permission(self, request: HttpRequest) -> bool:
        return rights_of_request(request).agency

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Every page of the administration goes through here; a form that creates is recorded once."""
        guarded = super().admin_view(record_once(view), cacheable)

        @wraps(guarded)
        def check_permission(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not self.has_permission(request):
                return self.login(request)
            response: HttpResponse = guarded(request, *args, **kwargs)
            return response

        return check_permission

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """The list of what can be administered, and what became of the last backups."""
        return super().index(request, {"backups": backup_state(), **(extra_context or {})})

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied
        if self.has_permission(request):
            return redirect("admin:index")
        if "next" in request.GET:
            return redirect_to_login(request.GET["next"], reverse("account_login"))
        return ask_to_sign_in(request)

    def logout(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # type: ignore[override]
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # type: ignore[override]
        return redirect("account_change_password")


site = admin.site

"""Django admin with our own site (a module apart: it is imported before any model)."""

from django.contrib.admin.apps import AdminConfig


class ArpentAdminConfig(AdminConfig):
    default_site = "gis_core.administration.site.ArpentAdminSite"

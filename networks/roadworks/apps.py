from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorksConfig(AppConfig):
    name = "networks.roadworks"
    label = "roadworks"
    verbose_name = _("Works on roads")

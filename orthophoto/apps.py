from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrthophotoConfig(AppConfig):
    name = "orthophoto"
    verbose_name = _("Aerial campaigns")

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExternalConfig(AppConfig):
    name = "layers.external"
    label = "external"
    verbose_name = _("Layers of other servers")

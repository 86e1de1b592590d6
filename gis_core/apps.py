"""The core app: points GDAL at the wheels' data files and installs the SQL after migrations."""

import ctypes

from django.apps import AppConfig
from django.conf import settings
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class GisCoreConfig(AppConfig):
    name = "gis_core"
    verbose_name = _("Members and users")

    def ready(self) -> None:
        from gis_core.accounts import adapter as accounts  # noqa: F401
        from gis_core.api import schema  # noqa: F401
        from gis_core.database import checks as database_checks  # noqa: F401
        from gis_core.database import lookups  # noqa: F401
        from gis_core.database.installer import install_sql
        from gis_core.wiring import checks  # noqa: F401

        find_projection_data()
        post_migrate.connect(install_sql, sender=self)


def find_projection_data() -> None:
    """Tell the wheels' GDAL where its data lies; it fails to transform otherwise until something imports rasterio."""
    from django.contrib.gis.gdal.libgdal import lgdal

    paths = (ctypes.c_char_p * 2)(str(settings.PROJ_DATA).encode(), None)
    lgdal.OSRSetPROJSearchPaths(paths)
    lgdal.CPLSetConfigOption(b"GDAL_DATA", str(settings.GDAL_DATA).encode())

"""What the application server runs: cached tiles first, then Django."""

import gc
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gis_core.settings")

from gis_core.operations.multiprocess import share_between_processes

share_between_processes()
# What is imported stays: the collector need not look through it, now and with each request that wakes it.
gc.disable()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.urls import reverse  # noqa: E402

django_application = get_wsgi_application()
# The first request would import every page and the API: a second and a half of a processor, while somebody waits.
reverse("health_live")

from gis_core.database.outages import waits_once  # noqa: E402
from gis_core.http.proxied import wrap_application  # noqa: E402
from tiles.wsgi import tiles_first  # noqa: E402

application = wrap_application(waits_once(tiles_first(django_application)))
gc.enable()
gc.freeze()

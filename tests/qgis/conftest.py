"""Tests that need QGIS: `./arpent test --qgis` installs it and runs them, the ordinary run leaves them out."""

import os

from tests.tiles.conftest import thin  # noqa: F401
from tests.tiles.ortho.conftest import address, nothing_kept  # noqa: F401

collect_ignore = [] if os.environ.get("ARPENT_QGIS") else ["test_oapif.py", "test_photos.py", "test_styles.py"]

"""What pyogrio loads where it is there, and nothing here uses: half of the time that a child takes to begin."""

import sys
from importlib.abc import MetaPathFinder
from typing import Any


class NotInstalled(MetaPathFinder):
    """Says that pandas is not installed, even where tests have brought it."""

    def find_spec(self, fullname: str, *_more: Any) -> None:
        if fullname in ("pandas", "geopandas"):
            raise ModuleNotFoundError(fullname)


def leave_out() -> None:
    sys.meta_path.insert(0, NotInstalled())

import sys
from importlib.abc import MetaPathFinder
from typing import Any

from gis_core.files.writing.child.main import main


class NotInstalled(MetaPathFinder):
    """What pyogrio and Arrow load where it is there, and nothing here uses: half of the time that a child begins in."""

    def find_spec(self, fullname: str, *_more: Any) -> None:
        if fullname == "pandas":
            raise ModuleNotFoundError(fullname)


sys.meta_path.insert(0, NotInstalled())
main()

"""A scene that is composed already, for the processes that draw sheets: they find this function by its name."""

import shutil
from pathlib import Path

from demo.photos import Campaign
from demo.territory import Territory


def copy_scene(kept: Path, _territory: Territory, _campaign: Campaign, path: Path) -> None:
    """In the place of `demo.photos.sheets.write_scene`."""
    shutil.copyfile(kept, path)

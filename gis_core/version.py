"""The version of Arpent: `pyproject.toml` says it, everything else takes it from here."""

import tomllib
from pathlib import Path

VERSION: str = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())["project"]["version"]

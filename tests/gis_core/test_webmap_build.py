"""What the page of the map asks for at once, read from the manifest of its build."""

import json
from pathlib import Path

from gis_core import webmap_build

MANIFEST = {
    "src/main.ts": {"file": "assets/main.js", "imports": ["_shell.js"], "dynamicImports": ["src/ui/table.ts"]},
    "_shell.js": {
        "file": "assets/shell.js",
        "imports": ["_shared.js"],
        "css": ["assets/shell.css"],
        "assets": ["assets/next-latin-ext-wght-normal.woff2", "assets/next-latin-wght-normal.woff2"],
    },
    "_shared.js": {"file": "assets/shared.js"},
    "_openlayers.js": {"file": "assets/openlayers.js", "imports": ["_shared.js"]},
    "src/map/pair.ts": {"file": "assets/pair.js", "imports": ["_openlayers.js", "_shell.js"]},
    "src/ui/table.ts": {"file": "assets/table.js", "imports": ["_shared.js"]},
    "src/letters/main.ts": {"file": "assets/letters.js", "css": ["assets/letters.css"]},
}


def build_of(folder: Path, entry: str) -> webmap_build.Build:
    path = folder / "manifest.json"
    path.write_text(json.dumps(MANIFEST))
    return webmap_build.parse(path, path.stat().st_mtime_ns, entry)


def test_the_map_asks_at_once_for_its_canvas_and_not_for_what_may_come_later(tmp_path: Path) -> None:
    build = build_of(tmp_path, webmap_build.ENTRY)
    assert build.script == "/static/webmap/assets/main.js"
    assert set(build.preloads) == {
        f"/static/webmap/assets/{name}.js" for name in ("shell", "shared", "openlayers", "pair")
    }


def test_the_map_asks_at_once_for_the_letters_of_its_labels_alone(tmp_path: Path) -> None:
    build = build_of(tmp_path, webmap_build.ENTRY)
    assert build.fonts == ("/static/webmap/assets/next-latin-wght-normal.woff2",)
    assert build.styles == ("/static/webmap/assets/shell.css",)


def test_another_entry_has_its_own_files_alone(tmp_path: Path) -> None:
    build = build_of(tmp_path, "src/letters/main.ts")
    assert (build.preloads, build.fonts) == ((), ())
    assert build.styles == ("/static/webmap/assets/letters.css",)

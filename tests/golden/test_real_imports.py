"""What each import of real files says and writes: what it says word by word, its rows as a number and a digest.

`ARPENT_GOLDEN_DETAILS=FOLDER ./arpent test tests/golden/test_real_imports.py` writes the rows themselves to a folder,
for the code before and after a change to be compared there.
"""

import json
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon

from tests import factories
from tests.golden import kept, rows
from tests.golden.stories import MEMBER, Step, Story, Told, accepted, command, each, single, take_back, told_of

pytestmark = pytest.mark.django_db
SHARED = Path(os.environ.get("ARPENT_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))
X, Y = factories.ORIGIN
FRANCE = {"45901": MultiPolygon(Polygon.from_bbox((0, 6_000_000, 1_300_000, 7_200_000)), srid=2154)}
LAYER: dict[str, Any] = {"new": True, "title": "Essai", "theme": "Essai"}
OURS = LAYER | {"member": MEMBER}
ANYWHERE: dict[str, Any] = {"communes": FRANCE, **OURS}
FOOT = 1200 / 3937
TOWN = "montpellier_opendata/VilleMTP_MTP_"
ZONES = "pprt_69dreal20090005_zonereglementaireurba_s"
SIGNS = f"{TOWN}Signalisation/VilleMTP_MTP_Signalisation"


def story(name: str, *steps: Step, communes: dict[str, MultiPolygon] | None = None) -> Story:
    made = Story(name, steps, root=SHARED)
    return replace(made, communes=communes) if communes else made


def again_and_back(name: str, path: str, *, less: Callable[[Told], Path] | None = None, **given: Any) -> Story:
    """A real file tried out, loaded, loaded again, then with less where that can be made of it, and taken back."""
    communes, after = given.pop("communes", None), given.pop("after", {})
    word, whole = partial(command, name=name, **given), [SHARED / path]
    steps = [word("tried out", paths=whole, dry_run=True), word("done", paths=whole)]
    steps.append(word("the same again", paths=whole, **after))
    if less:
        steps += [
            word("with less", paths=[less], **after),
            word("with less, accepted", paths=[less], accept_loss=accepted, **after),
        ]
    return story(f"{name}, {path}", *steps, take_back(), communes=communes)


def fewer(path: str, count: int, key: str = "features") -> Callable[[Told], Path]:
    """A file with the first features of another, written when it is asked for."""

    def made(told: Told) -> Path:
        found = json.loads((SHARED / path).read_text())
        found[key] = found[key][:count]
        return written(told, Path(path).name, json.dumps(found))

    return made


def fewer_lines(path: str, count: int) -> Callable[[Told], Path]:
    def made(told: Told) -> Path:
        lines = (SHARED / path).read_bytes().decode("latin-1").splitlines(keepends=True)
        return written(told, Path(path).name, "".join(lines[:count]), "latin-1")

    return made


def written(told: Told, name: str, text: str, encoding: str = "utf-8") -> Path:
    folder = told.folder / "made"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding, newline="")
    return folder / name


PAIR = re.compile(r"\[\s*(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)(\s*[,\]])")


def brought_home(path: str) -> Callable[[Told], Path]:
    """Files that draw somewhere in the oceans, put into the Loiret: a thousand times smaller."""

    def moved(pair: re.Match[str]) -> str:
        return f"[{2 + float(pair[1]) / 1000:.6f}, {47.8 + float(pair[2]) / 1000:.6f}{pair[3]}"

    def made(told: Told) -> Path:
        return written(told, Path(path).name, PAIR.sub(moved, (SHARED / path).read_text("utf-8-sig")))

    return made


def at_home(folder: str) -> list[Story]:
    names = sorted(str(path.relative_to(SHARED)) for path in (SHARED / folder).rglob("*json"))
    given = {"name": "import_layer", **OURS}
    return [
        story(f"import_layer, home {name}", command("done", paths=[brought_home(name)], **given), communes=FRANCE)
        for name in names
    ]


def layers() -> list[Story]:
    """Every format of layers, published whole; one of them brought up to date and taken back."""
    one = partial(single, "import_layer", SHARED, communes=FRANCE)
    lambert = {"crs": 2154, **OURS}
    sides = lambda path, *more: [f"{path}{ending}" for ending in more]  # noqa: E731
    known: dict[str, Any] = {"layer": "lieux", "crs": 2154}
    word = partial(command, name="import_layer")
    table, geojson = [SHARED / f"{SIGNS}.csv"], [SHARED / f"{SIGNS}.geojson"]
    return [
        one(f"{TOWN}OuvragesArt/VilleMTP_MTP_OuvragesArt.zip", **OURS),
        one(f"{TOWN}OuvragesArt/VilleMTP_MTP_OuvragesArt.geojson", **OURS),
        one(f"{TOWN}LimitesCommune/VilleMTP_MTP_LimiteCommune.zip", **OURS),
        one(f"{TOWN}PassagesPiet/VilleMTP_MTP_PassagesPiet.csv", **lambert),
        one(f"{SIGNS}.csv", **OURS),
        one(f"{SIGNS}.geojson", **OURS),
        one(f"{SIGNS}.geojson", **lambert, how=" in Lambert-93"),
        one(f"{SIGNS}.ods", **OURS),
        one(f"{SIGNS}.kml", **OURS),
        one(f"{SIGNS}.xls", **OURS),
        one(f"{SIGNS}.zip", **OURS),
        one(*sides("encoding/shp_utf8/PRESCRIPTION_PCT", ".shp", ".shx", ".dbf", ".prj"), **OURS),
        one(*sides("encoding/tab_utf8/PRESCRIPTION_PCT", ".tab", ".dat", ".map", ".id"), **OURS),
        one(*sides("encoding/tab_lambert93/lambert93_francais", ".TAB", ".DAT", ".MAP", ".ID"), **OURS),
        one(*sides("encoding/latin1_noprj_nocpg/latin1-property", ".shp", ".dbf"), encoding="latin1", **lambert),
        one(*sides("misc_2154/townhalls_EPSG2154", ".shp", ".shx", ".dbf", ".prj", ".cpg"), **OURS),
        one("telecom/arcep_sites_mobiles_2018_loiret_L93.csv", **lambert),
        one("geojson_communes/communes.json", **OURS),
        one("admin_loiret/cantons-45-loiret.geojson", **OURS),
        one("cnig_ppr/pprt_69dreal20090005.gpkg", **OURS),
        one("cnig_ppr/pprt_69dreal20090005.gpkg", **OURS, source_layer=ZONES, how=" one layer"),
        one("cnig_pcrs/cnig-pcrs-lyon-01-3946.zip", **OURS),
        one("cnig_pcrs/cnig-pcrs-lyon-01-3946.zip", **OURS, source_layer="ArbrePCRS", how=" one layer", crs=3946),
        one("routes_signaletique/signage.geojson", **OURS),
        one("eau_epanet/ky4_geojson/ky4_tanks.geojson", **OURS),
        *each("import_layer", SHARED, "dxf", "*.dxf", communes=FRANCE, **lambert),
        *each("import_layer", SHARED, "routes_osm", "*osm*", communes=FRANCE, **OURS),
        story(
            "import_layer, again and back",
            word("tried out", paths=table, dry_run=True, slug="lieux", **lambert),
            word("done", paths=table, slug="lieux", **lambert),
            word("in place of all", paths=geojson, mode="replace", **known),
            word("with less", paths=[fewer(f"{SIGNS}.geojson", 100)], mode="replace", **known),
            word("with less, accepted", paths=[fewer(f"{SIGNS}.geojson", 100)], mode="replace", accept_loss=accepted,
                 **known),
            take_back(),
            word("more", paths=geojson, mode="append", **known),
            take_back(),
            communes=FRANCE,
        ),
    ]  # fmt: skip


def networks() -> list[Story]:
    """EPANET on our ground, the templates of RAEPA and of StaR-Eau, Giswater where it lies."""
    word = partial(command, name="import_network", member=MEMBER)
    here = {"corner": [X + 10, Y + 10]}
    made = []
    for name, scale in (("Net3", 10.0), ("Net6", 15.0), ("ky4", FOOT)):
        path = [SHARED / f"eau_epanet/{name}.inp"]
        steps = [word("in a system where it is not", paths=path, crs=2154)]
        steps.append(word("tried out", paths=path, **here, scale=scale, dry_run=True))
        if name == "ky4":
            steps += [word("done", paths=path, **here, scale=scale), take_back()]
        made.append(story(f"import_network, {name}", *steps, communes=FRANCE))
    spain = {"45901": MultiPolygon(Polygon.from_bbox((600_000, 5_800_000, 1_100_000, 6_200_000)), srid=2154)}
    giswater = [SHARED / "eau_giswater/giswater_ws_sample.gpkg"]
    made.append(story("import_network, Giswater elsewhere", word("done", paths=giswater)))
    steps = [word("done", paths=giswater), word("the same again", paths=giswater), take_back()]
    made.append(story("import_network, Giswater", *steps, communes=spain))
    for path in sorted((SHARED / "eau_stareau").glob("*.gpkg")):
        made.append(story(f"import_network, {path.name}", word("done", paths=[path])))
    templates = sorted((SHARED / "eau_raepa/gabarit_compiegne").glob("RAEPA_*"))
    made.append(story("import_network, gabarit de Compiègne", word("done", paths=templates)))
    for path in sorted((SHARED / "eau_raepa/gabarits_3liz").glob("*.zip")):
        made.append(story(f"import_network, {path.name}", word("done", paths=[path])))
    return made


def assets() -> list[Story]:
    word = partial(command, name="import_road_assets", member=MEMBER)
    made = [
        *each("import_road_assets", SHARED, "routes_signaletique", "*.csv", member=MEMBER, outside=True),
        *each("import_road_assets", SHARED, "routes_panneaux_pano", member=MEMBER, outside=True),
        *each(
            "import_road_assets", SHARED, "routes_signaletique", "*.geojson", member=MEMBER, outside=True, kind="sign"
        ),
        single("import_road_assets", SHARED, f"{SIGNS}.zip", member=MEMBER, kind="signal", outside=True),
    ]
    valid = SHARED / "routes_panneaux_pano/pano.dataset.valide.geojson"
    steps = [
        word("elsewhere", paths=[valid]),
        word("tried out", paths=[valid], outside=True, dry_run=True),
        word("done", paths=[valid], outside=True),
        word("the same again", paths=[valid], outside=True),
        word("with less", paths=[fewer("routes_panneaux_pano/pano.dataset.valide.geojson", 4)], outside=True),
        take_back(),
    ]
    return [*made, story("import_road_assets, again and back", *steps)]


ETALAB, MARSEILLE = "cadastre_etalab/cadastre-91216-parcelles.json", {"13210": FRANCE["45901"]}
SECTIONS = "routes_bdtopo/bdtopo_v3_troncon_de_route_marseille10.gpkg"
SHEETS = "cadastre_edigeo/25354/edigeo-25354000"
REAL: Sequence[Story] = [
    again_and_back("import_etalab", ETALAB, less=fewer(ETALAB, 100)),
    *each("import_edigeo", SHARED, "cadastre_edigeo", "*/*.tar.bz2"),
    *each("import_edigeo", SHARED, "cadastre_edigeo", "*/*/*.THF"),
    again_and_back("import_edigeo", f"{SHEETS}AB01.tar.bz2"),
    *each("import_communes", SHARED, "admin_loiret", "communes-45*"),
    again_and_back("import_communes", "admin_loiret"),
    again_and_back("import_majic", "majic/synthetique_25354"),
    *each("import_majic", SHARED, "majic/13029", "REV*"),
    single("import_majic", SHARED, "majic/13029"),
    again_and_back("import_plu", "cnig_plu/41175_PLU_20140603"),
    single("import_plu", SHARED, "cnig_plu/241800432_PLUi_20200128"),
    again_and_back("import_sup", "cnig_sup/110068012_PM3_28_20161104"),
    single("import_sup", SHARED, "cnig_sup/172014607_AC1_2A_20180130"),
    again_and_back("import_risks", "cnig_ppr/pprt_69dreal20090005.gpkg"),
    single("import_bdtopo", SHARED, SECTIONS, member=MEMBER),
    again_and_back(
        "import_bdtopo", SECTIONS, member=MEMBER, communes=MARSEILLE, extent="895000,6246000,895600,6246600"
    ),
    single("import_bdtopo", SHARED, "routes_bdtopo/bdtopo_v3_12174", member=MEMBER),
    *networks(),
    *assets(),
    *layers(),
    *at_home("geojson_good"),
    *each("import_layer", SHARED, "broken", "**/*", **ANYWHERE),
]  # fmt: skip


here = pytest.mark.skipif(not SHARED.is_dir(), reason="real data (../shared/data, or ARPENT_SHARED_DATA) is not here")


@here
@pytest.mark.parametrize("story", REAL, ids=lambda story: kept.plain(story.name))
def test_an_import_of_a_real_file_says_and_writes_what_it_did(story: Story, tmp_path: Path, first_rows: None) -> None:
    kept.check("real-imports", story.name, told_of(story, tmp_path, rows.digests_of(story.name)))


@here
def test_nothing_is_kept_of_an_import_that_is_gone() -> None:
    assert not kept.left_over("real-imports", (story.name for story in REAL))

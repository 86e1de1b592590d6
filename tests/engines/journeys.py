"""Ten journeys that people make every week, written once for every engine; one of them a second time on a phone."""

import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from PIL import Image
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.browser.conftest import DESK, PHONE
from tests.engines.screens import Screen
from tests.geopackages import geopackage

LONG_S = 150.0
LEAST_RELIEF, LEAST_CHANGE = 3.0, 1.0
"""Grey levels of 255: how much a drawn photo varies at least, and how far two campaigns are apart."""
PLACE = "#v=1&c=1.9002,47.5563&z=18&p=print"
PLOT = "45901000AB0103"
EAST, NORTH = 616_000.0, 6_717_800.0


def signs_in(screen: Screen, _folder: Path) -> None:
    """With a name and a password, to the map, which knows who it is."""
    screen.sign_in("instruction.lys")
    screen.find("html[data-arpent-ready=true]", 90)
    screen.reads("arp-top-bar", "Camille Instruction")


def finds_a_parcel(screen: Screen, _folder: Path) -> None:
    """Typed into the search; its sheet opens with what crosses it."""
    screen.sign_in("instruction.lys")
    open_a_parcel(screen)


def finds_a_parcel_on_a_phone(screen: Screen, _folder: Path) -> None:
    """The same at the width of a telephone."""
    screen.sign_in("instruction.lys")
    screen.driver.set_window_rect(0, 0, PHONE["width"], PHONE["height"])
    try:
        open_a_parcel(screen)
        assert screen.driver.execute_script("return matchMedia('(max-width: 640px)').matches")
        wide = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert screen.driver.execute_script(wide) == 0
    finally:
        screen.driver.set_window_rect(0, 0, DESK["width"], DESK["height"])


def open_a_parcel(screen: Screen) -> None:
    screen.open_map()
    screen.find("[role=combobox]").send_keys("AB 12 Saint-Aubin")
    screen.find("[role=option]")
    screen.find("[role=combobox]").send_keys(Keys.ENTER)
    screen.reads("#sheet-title", "AB 12")
    screen.find(".parcel-section")
    screen.until(
        lambda: not screen.driver.find_elements(By.CSS_SELECTOR, ".parcel-section[aria-busy=true]"),
        "sections do not come",
    )


def prints_a_map(screen: Screen, _folder: Path) -> None:
    """Ordered in the panel, waited for, downloaded."""
    screen.sign_in("instruction.lys")
    screen.open_map(PLACE)
    screen.fill("Titre", "Rue de la Cave")
    screen.press("Imprimer en PDF")
    ready = screen.named("Ouvrir : Rue de la Cave", "a", exact=False, patience_s=LONG_S)
    is_pdf(screen, ready.get_dom_attribute("href") or "")


def is_pdf(screen: Screen, address: str) -> None:
    status, length, begin = screen.fetch(address)
    assert (status, begin[:5]) == (200, "%PDF-"), (address, status, begin[:80])
    assert length > 5_000


def registers_a_permit(screen: Screen, _folder: Path) -> None:
    """Filed with its ground; the page of the file says until when one decides."""
    screen.sign_in("instruction.lys")
    file_a_permit(screen, "rue des Tanneurs")
    screen.reads(".next", "Sans décision : permis tacite le")


def file_a_permit(screen: Screen, street: str) -> str:
    """Its page; each engine files one of its own, on another parcel."""
    parcels = json.loads(screen.fetch("/ogc/collections/permits/items?limit=1")[2] or "{}")
    house = 20 + int(parcels.get("numberMatched", 0)) % 60
    screen.go(f"/permis/deposer/?parcels=45901000AB{house:04d}")
    screen.choose("Ce qui est demandé", "Permis de construire (PC)")
    screen.fill("Adresse du terrain", f"{house} {street}")
    screen.fill("Nom", "Jeanne Fictive")
    screen.press("Déposer le dossier")
    return screen.at("/permis/PC045901")


def numbers_an_act(screen: Screen, _folder: Path) -> None:
    """The decision on a file is written, numbered for good and downloaded."""
    screen.sign_in("instruction.lys")
    page = file_a_permit(screen, "rue des Actes")
    screen.go(page.removeprefix(screen.url) + "courriers/")
    screen.choose("Courrier", "permit-granted")
    screen.choose("Signataire", "Luc BRIZECOURT")
    screen.press("Commencer")
    screen.press("Enregistrer le projet")
    screen.reads("main", "Le projet est enregistré.")
    screen.press("Le rendre définitif, ou le jeter")
    screen.press("Numéroter et verrouiller")
    screen.reads("main", "ADS-")
    is_pdf(screen, screen.named("PDF", "a").get_dom_attribute("href") or "")


def edits_a_pipe(screen: Screen, _folder: Path) -> None:
    """Opened on the map, changed in its sheet, saved; the server has it."""
    screen.sign_in("reseaux.lys")
    pipe = pipes(screen)[7]
    lon, lat = middle(pipe)
    screen.open_map(f"#v=1&c={lon},{lat}&z=19.5&l=water-pipes,parcels&s=water-pipes.{pipe['id']}&p=none")
    screen.press("Modifier")
    field = screen.find(
        ".edit-form #field-note, .edit-form #field-remark, .edit-form #field-comment, .edit-form textarea"
    )
    words = f"Vu sur place, {screen.driver.session_id}"[:60]
    field.clear()
    field.send_keys(words)
    field.send_keys(Keys.TAB)
    screen.press("Enregistrer", exact=False)
    screen.reads("arp-notices", "enregistré")
    status, _length, body = screen.fetch(f"/ogc/collections/water-pipes/items/{pipe['id']}")
    assert status == 200
    assert words in body


def pipes(screen: Screen) -> list[dict[str, object]]:
    """Some pipes of the drinking water that the person may change."""
    found = json.loads(screen.fetch("/ogc/collections/water-pipes/items?limit=60")[2])["features"]
    return list(found)


def middle(pipe: dict[str, object]) -> tuple[float, float]:
    """Where a pipe is to be pointed at."""
    line = shapely.geometry.shape(pipe["geometry"])
    point = line.interpolate(0.5, normalized=True)
    return round(point.x, 7), round(point.y, 7)


def isolates_a_break(screen: Screen, _folder: Path) -> None:
    """Pointed at on the map; which valves to close, who has no water, kept as an outage."""
    screen.sign_in("reseaux.lys")
    lon, lat = middle(pipes(screen)[3])
    screen.open_map(f"#v=1&c={lon},{lat}&z=19&p=water")
    screen.press("Montrer la casse")
    screen.drawn()
    screen.press("C’est ici")
    words = screen.reads(".water-headline", "vanne")
    assert re.search(r"\d+ vanne", words), words
    screen.press("Enregistrer la coupure")
    screen.at("/reseaux/coupures/")


def compares_photos(screen: Screen, _folder: Path) -> None:
    """Two campaigns on both sides of a divider, which shows one or the other: the pictures differ."""
    screen.sign_in("instruction.lys")
    known = [one for one in json.loads(screen.fetch("/api/v1/photos/")[2])["results"] if one["kind"] == "photo"]
    west, south, east, north = known[0]["extent_4326"]
    place = f"c={(west + east) / 2},{(south + north) / 2}&z=17&l=communes&p=none"
    screen.open_map(f"#v=1&{place}&ph={known[0]['slug']}&cmp=swipe.{known[1]['slug']}.50")
    divider = screen.find("[role=slider][aria-valuetext]")
    pictures = []
    for key, value in ((Keys.HOME, "0"), (Keys.END, "100")):
        divider.send_keys(key)
        screen.until(lambda value=value: divider.get_dom_attribute("aria-valuenow") == value, "the divider stays")
        screen.drawn()
        pictures.append(middle_of(screen.driver.get_screenshot_as_png()))
    first, second = pictures
    assert min(first.std(), second.std()) > LEAST_RELIEF, "a photo is not drawn"
    assert abs(first - second).mean() > LEAST_CHANGE, "both sides show the same photo"


def middle_of(picture: bytes) -> NDArray[np.float64]:
    """The middle of a picture of the screen, far from the divider at its side, in grey levels."""
    image = Image.open(io.BytesIO(picture)).convert("L")
    width, height = image.size
    return np.asarray(image.crop((width * 4 // 10, height * 4 // 10, width * 6 // 10, height * 6 // 10)), dtype=float)


def simulates_a_project(screen: Screen, _folder: Path) -> None:
    """A volume of five metres by six, judged and kept."""
    screen.sign_in("instruction.lys")
    screen.open_map(f"#v=1&p=simulate.{PLOT}")
    # Before the limits are there the desk does not draw.
    screen.find("tbody tr", 90)
    screen.press("Rectangle")
    screen.fill("Côté 1 (m)", "6")
    screen.fill("Côté 2 (m)", "5")
    screen.fill("Nom du projet", "Garage")
    screen.press("Enregistrer")
    screen.reads(".simulate-keep", "Enregistré : version")
    screen.reads("arp-simulate-panel", "30,0 m²")


def publishes_a_layer(screen: Screen, folder: Path) -> None:
    """A file is sent, looked at, published, and leads to the map."""
    rows = [(shapely.Point(EAST + 12 * one, NORTH + 7 * one), {"REF": f"L{one:03d}"}) for one in range(20)]
    path = geopackage(folder / "lampes.gpkg", rows, name="lampes")
    screen.sign_in("sig.lys")
    screen.go("/imports/")
    screen.find("#layer-file").send_keys(str(path))
    screen.press("Regarder le fichier")
    screen.at("/imports/fichiers/", LONG_S)
    screen.press("Publier comme nouvelle couche", patience_s=LONG_S)
    screen.fill("Titre", f"Lampes {screen.driver.capabilities['browserName']}")
    screen.choose("Référence unique", "REF")
    screen.press("Vérifier le fichier")
    screen.press("Publier la couche", patience_s=LONG_S)
    screen.named("Voir sur la carte", "a", patience_s=LONG_S)


JOURNEYS: Final[tuple[Callable[[Screen, Path], None], ...]] = (
    signs_in,
    finds_a_parcel,
    finds_a_parcel_on_a_phone,
    prints_a_map,
    registers_a_permit,
    numbers_an_act,
    edits_a_pipe,
    isolates_a_break,
    compares_photos,
    simulates_a_project,
    publishes_a_layer,
)

"""The catalogue of the kit's parts in browsers: sizes, themes, forced colours, keyboard; photographs of faults."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from demo.catalogue.parts import PARTS
from tests.browser.axe import wider_by
from tests.browser.conftest import DESK, PHONE, Demo, cookies_of

WAYS: dict[str, dict[str, Any]] = {
    "desk": {"viewport": DESK},
    "phone": {"viewport": PHONE, "has_touch": True},
    "narrow": {"viewport": {"width": 320, "height": 640}},
    "zoomed": {"viewport": {"width": 720, "height": 450}, "device_scale_factor": 2},
    "dark": {"viewport": DESK, "color_scheme": "dark"},
    "forced": {"viewport": DESK, "forced_colors": "active"},
}
"""How each state is looked at; 200 % is half a window with twice the pixels."""
REFUSED = "Failed to load resource"
"""What the console says of an answer that is an error: some states are one."""
TEXT = 4.5
LARGE = 3.0

# Text and what it stands on, as they are computed: the first paper behind it that hides what is below.
FAINT = """([text, large]) => {
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const known = new Map();
    const draw = (colour) => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const rgb = (colour) => {
        if (!known.has(colour)) known.set(colour, draw(colour));
        return known.get(colour);
    };
    const light = (colour) => colour.slice(0, 3)
        .map((part) => part / 255)
        .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
        .reduce((sum, part, rank) => sum + part * [0.2126, 0.7152, 0.0722][rank], 0);
    const paper = (element) => {
        for (let one = element; one; one = one.parentElement) {
            const colour = rgb(getComputedStyle(one).backgroundColor);
            if (colour[3] === 255) return colour;
        }
        return rgb('Canvas');
    };
    const faint = [];
    for (const element of document.querySelectorAll('body *')) {
        const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
        if (!own || !element.checkVisibility({ visibilityProperty: true }) || element.closest('noscript')) continue;
        const style = getComputedStyle(element);
        const [one, other] = [light(rgb(style.color)), light(paper(element))].sort((a, b) => b - a);
        const size = parseFloat(style.fontSize);
        const wanted = size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? large : text;
        const contrast = (one + 0.05) / (other + 0.05);
        if (contrast < wanted) faint.push(`${element.tagName} ${element.className} ${contrast.toFixed(2)}`);
    }
    return faint;
}"""
# What readers of screens need of a page.
FAULTS = """() => {
    const faults = [];
    const fault = (what, element) => faults.push(`${what}: ${element.outerHTML.slice(0, 120)}`);
    for (const field of document.querySelectorAll('input:not([type=hidden]), select, textarea')) {
        const named = field.labels?.length || field.ariaLabel || field.hasAttribute('aria-labelledby');
        if (!named) fault('no label', field);
    }
    let level = 0;
    for (const heading of document.querySelectorAll('main :is(h1, h2, h3, h4)')) {
        const own = Number(heading.tagName[1]);
        if (own > level + 1) fault('a level of headings is left out', heading);
        level = own;
    }
    if (document.querySelectorAll('h1').length !== 1) faults.push('not one h1');
    for (const table of document.querySelectorAll('table')) {
        if (!table.caption && !table.hasAttribute('aria-labelledby') && table.matches('.list')) fault('no name', table);
        for (const heading of table.querySelectorAll('th')) if (!heading.scope) fault('no scope', heading);
        for (const link of table.querySelectorAll('thead a')) {
            if (!link.closest('th').ariaSort) fault('no aria-sort', link);
        }
    }
    for (const press of document.querySelectorAll('a[href], button')) {
        if (!press.ariaLabel && !press.textContent.trim()) fault('no words', press);
    }
    for (const image of document.querySelectorAll('img:not([alt])')) fault('no alt', image);
    for (const one of document.querySelectorAll('[aria-describedby], [aria-labelledby]')) {
        const names = `${one.getAttribute('aria-describedby') ?? ''} ${one.getAttribute('aria-labelledby') ?? ''}`;
        for (const name of names.split(/\\s+/)) if (name && !document.getElementById(name)) fault(`no ${name}`, one);
    }
    const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
    for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) faults.push(`twice: ${id}`);
    return faults;
}"""
# Whether what has the keyboard shows it: an outline that is drawn and seen on what is behind.
FOCUSED = """() => {
    const one = document.activeElement;
    if (!one || one === document.body) return null;
    const { outlineStyle, outlineWidth } = getComputedStyle(one);
    // The button of a field for dates is the browser's own, and shows its own ring.
    const ours = !one.matches('[type=date]');
    const seen = !ours || (outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1);
    return { seen, what: one.outerHTML.slice(0, 120) };
}"""


def addresses() -> list[str]:
    return ["", *(f"{part.slug}/{state.slug}/" for part in PARTS for state in part.states)]


@contextmanager
def looked_at(browser: Browser, demo: Demo, way: str) -> Iterator[tuple[Page, list[str]]]:
    """A page of somebody who administers the demo, and what its console complains of."""
    cookies = cookies_of(browser, demo, "agence")
    context = browser.new_context(locale="fr-FR", storage_state=cookies, **WAYS[way])  # type: ignore[arg-type]
    complaints: list[str] = []
    context.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    yield context.new_page(), complaints
    context.close()


@pytest.mark.parametrize("way", WAYS)
def test_every_state_holds(browser: Browser, demo: Demo, way: str, tmp_path: Path) -> None:
    wrong: dict[str, Any] = {}
    with looked_at(browser, demo, way) as (page, complaints):
        for address in addresses():
            answer = page.goto(f"{demo.url}/aide/composants/{address}", wait_until="load")
            assert answer is not None
            small_map = page.locator("[data-small-map]")
            if small_map.count() and small_map.is_visible():
                # It begins when it is seen.
                small_map.scroll_into_view_if_needed()
                page.wait_for_selector("[data-small-map]:not([aria-busy])")
            name = address.strip("/").replace("/", "-") or "tous"
            said = [one for one in complaints if not one.startswith(REFUSED)]
            complaints.clear()
            faint = page.evaluate(FAINT, [TEXT, LARGE]) if way != "forced" else []
            found = {"wide": wider_by(page), "said": said, "faint": faint, "faults": page.evaluate(FAULTS)}
            if found := {name: one for name, one in found.items() if one}:
                wrong[address] = found
                photo = tmp_path / f"{way}-{name}.jpg"
                page.screenshot(path=photo, type="jpeg", quality=90, full_page=True)
                print(f"{address}: {photo}")
    assert not wrong


def test_every_state_is_there(browser: Browser, demo: Demo) -> None:
    expected = {
        f"{part.slug}/{state.slug}/": (part.slug, state.slug)
        for part in PARTS
        for state in part.states
        if not state.whole
    }
    shown = {}
    with looked_at(browser, demo, "desk") as (page, _complaints):
        for address in expected:
            page.goto(f"{demo.url}/aide/composants/{address}")
            specimen = page.locator(".specimen")
            assert specimen.inner_text().strip(), address
            shown[address] = (specimen.get_attribute("data-part"), specimen.get_attribute("data-state"))
        page.goto(f"{demo.url}/aide/composants/")
        assert page.locator("main table a").count() == len(addresses()) - 1
    assert shown == expected


@pytest.mark.parametrize("way", ["desk", "phone", "dark", "forced"])
def test_the_keyboard_is_seen_wherever_it_goes(browser: Browser, demo: Demo, way: str) -> None:
    unseen: list[str] = []
    with looked_at(browser, demo, way) as (page, _complaints):
        for address in ("liste/filtree/", "formulaire/vide/", "tache/en-cours/", "carte/normale/"):
            page.goto(f"{demo.url}/aide/composants/{address}")
            for _step in range(40):
                page.keyboard.press("Tab")
                focused = page.evaluate(FOCUSED)
                if focused is None:
                    break
                if not focused["seen"]:
                    unseen.append(f"{address} {focused['what']}")
    assert unseen == []


def test_a_form_of_the_catalogue_is_checked_and_a_list_goes_its_ways(browser: Browser, demo: Demo) -> None:
    with looked_at(browser, demo, "desk") as (page, complaints):
        page.goto(f"{demo.url}/aide/composants/formulaire/vide/")
        page.get_by_role("button", name="Enregistrer le chantier").click()
        expect(page.locator(".errorlist")).to_have_count(4)
        page.goto(f"{demo.url}/aide/composants/liste/dix-mille/")
        assert "Plus de 1" in page.locator("#list-count").inner_text()
        page.get_by_role("link", name="Suivants").click()
        expect(page.locator(".pager .number")).to_have_text("11–20")
        page.locator("thead a").first.click()
        expect(page.locator("th[aria-sort=ascending]")).to_have_count(1)
        assert [one for one in complaints if not one.startswith(REFUSED)] == []

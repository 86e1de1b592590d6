"""What axe finds on a page: contrast, names, roles, order of headings, size of targets (WCAG 2.2 A and AA)."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

AXE = Axe()
RUN = "async (options) => (await axe.run(options)).violations"
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
ALL: dict[str, Any] = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
"""With what is pressed of 24 px at least, which axe leaves out unless it is asked."""
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
"""By how many pixels a page is wider than its window."""
WHOLE_MAP_SCROLLS = """() => document.querySelector("arpent-app") === null ? 0
  : document.scrollingElement.scrollHeight - document.scrollingElement.clientHeight"""
"""By how many pixels the map as a whole could be pushed away: its panels scroll, never itself."""
SMALL: dict[str, dict[str, int]] = {"narrow": {"width": 320, "height": 640}, "zoomed": {"width": 720, "height": 450}}
"""A small phone, and a laptop at 200 %."""


def serious(page: Page, options: Any = None) -> list[str]:
    """What is serious on the page that is there; after a click to another page, wait for something of that one."""
    page.wait_for_load_state()
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.axe_script)
    found = page.evaluate(RUN, options or ALL)
    pushed = page.evaluate(WHOLE_MAP_SCROLLS)
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found if one["impact"] in ("serious", "critical")
    ] + ([f"the map as a whole scrolls by {pushed} px"] if pushed > 0 else [])


def serious_in_both_schemes(page: Page) -> list[str]:
    """The same in light, and in dark, where nothing but colours is another. The page is in light afterwards."""
    found = serious(page)
    page.emulate_media(color_scheme="dark")
    found += [f"dark: {one}" for one in serious(page, CONTRAST)]
    page.emulate_media(color_scheme="light")
    return found


def wider_by(page: Page) -> int:
    """By how many pixels the page is wider than its window, once its styles have come: text may come before."""
    page.wait_for_load_state()
    return int(page.evaluate(OVERFLOW))


def too_wide(page: Page) -> dict[str, int]:
    """Of the page that is there, by how much it is wider than each small window; it has its size again afterwards."""
    before = page.viewport_size
    wide: dict[str, int] = {}
    for name, size in SMALL.items():
        page.set_viewport_size(size)  # type: ignore[arg-type]
        if over := wider_by(page):
            wide[name] = over
    if before:
        page.set_viewport_size(before)
    return wide

"""What axe finds on a page: contrast, names, roles, order of headings (WCAG 2.1 A and AA)."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}


def serious(page: Page, options: Any = None) -> list[str]:
    """What is serious on the page that is there; after a click to another page, wait for something of that one."""
    page.wait_for_load_state()
    found = Axe().run(page, options=options or {"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found if one["impact"] in ("serious", "critical")
    ]


def serious_in_both_schemes(page: Page) -> list[str]:
    """The same in light, and in dark, where nothing but colours is another. The page is in light afterwards."""
    found = serious(page)
    page.emulate_media(color_scheme="dark")
    found += [f"dark: {one}" for one in serious(page, CONTRAST)]
    page.emulate_media(color_scheme="light")
    return found

"""The page of imports in a real browser, against a real server."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Demo, sign_in

MIB = 1_048_576


@pytest.fixture
def page(browser: Browser, demo: Demo) -> Iterator[Page]:
    context = browser.new_context(locale="fr-FR")
    opened = context.new_page()
    sign_in(opened, demo, "sig.lys")
    yield opened
    context.close()


@pytest.fixture
def too_large(tmp_path: Path) -> Path:
    """One megabyte more than may be sent; it takes no room on the disk."""
    path = tmp_path / "cadastre.json"
    with path.open("wb") as made:
        made.truncate(501 * MIB)
    return path


def test_files_that_are_too_large_are_not_sent(page: Page, demo: Demo, too_large: Path) -> None:
    sent: list[str] = []
    page.goto(f"{demo.url}/imports/")
    page.on("request", lambda request: sent.append(request.method))
    page.locator("#file").set_input_files(too_large)
    page.get_by_role("button", name="Lancer l’import").click()
    expect(page.locator("#too-large")).to_contain_text("500 Mo")
    assert "POST" not in sent


def test_the_server_says_how_large_files_may_be(page: Page, demo: Demo, browser: Browser, too_large: Path) -> None:
    context = browser.new_context(locale="fr-FR", java_script_enabled=False, storage_state=page.context.storage_state())
    plain = context.new_page()
    plain.goto(f"{demo.url}/imports/")
    plain.locator("#file").set_input_files(too_large)
    with plain.expect_response(lambda answer: answer.request.method == "POST") as answered:
        plain.get_by_role("button", name="Lancer l’import").click()
    assert answered.value.status == 413
    expect(plain.locator("p.notice[role=alert]").first).to_contain_text("500 Mo")
    context.close()

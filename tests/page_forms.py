"""Forms of pages as a browser sends them: every field with what the page shows in it."""

from collections.abc import Callable
from html.parser import HTMLParser
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from gis_core.database import lock_waits

type Sent = dict[str, list[str]]


class Forms(HTMLParser):
    """The forms of a page that are sent by POST, with their fields and their address."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, Sent]] = []
        self.sent: Sent | None = None
        self.textarea: tuple[str, list[str]] | None = None
        self.select: tuple[str, list[str], bool] | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "form" and given.get("method", "").lower() == "post":
            self.sent = {}
            self.found.append((given.get("action", ""), self.sent))
        if self.sent is None:
            return
        if tag == "input" and name and given.get("type") not in ("submit", "file", "button"):
            if given.get("type") not in ("checkbox", "radio") or "checked" in given:
                self.sent.setdefault(name, []).append(
                    given.get("value", "on" if given.get("type") == "checkbox" else "")
                )
        elif tag == "textarea":
            self.textarea = (name, [])
        elif tag == "select":
            self.select = (name, [], "multiple" in given)
        elif tag == "option" and self.select and ("selected" in given or not (self.select[1] or self.select[2])):
            if "selected" in given and not self.select[2]:
                self.select[1].clear()
            self.select[1].append(given.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self.textarea:
            self.textarea[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.sent = None
        elif tag == "textarea" and self.textarea and self.sent is not None:
            text = "".join(self.textarea[1]).removeprefix("\n")
            self.sent.setdefault(self.textarea[0], []).append(text.replace("\r\n", "\n").replace("\n", "\r\n"))
            self.textarea = None
        elif tag == "select" and self.select and self.sent is not None:
            self.sent.setdefault(self.select[0], []).extend(self.select[1])
            self.select = None


def browser(user: Any) -> Client:
    """A client that reads pages in English, signed in as that person."""
    type(user).objects.filter(pk=user.pk).update(language="en")
    client = Client(headers={"accept": "text/html"})
    client.force_login(user)
    return client


def form_with(html: str, *names: str) -> Sent:
    """The first form of a page that has these fields, without its token."""
    found = next(sent for _action, sent in Forms(html).found if all(name in sent for name in names))
    return {name: list(values) for name, values in found.items() if name != "csrfmiddlewaretoken"}


def opened(client: Client, url: str, *names: str) -> Sent:
    """What the form of a page sends when nothing is typed."""
    answer = client.get(url)
    assert answer.status_code == 200, answer.status_code
    return form_with(answer.content.decode(), *names)


def at_once[Found](*works: Callable[[], Found]) -> list[Found]:
    """What threads that begin together find, each with its own connection."""
    start, found = Barrier(len(works)), []

    def run(work: Callable[[], Found]) -> None:
        try:
            start.wait()
            found.append(work())
        finally:
            connection.close()

    threads = [Thread(target=run, args=[work]) for work in works]
    with pytest.MonkeyPatch.context() as patch:
        # On a busy machine one waits longer for the other than a page does.
        patch.setattr(lock_waits, "WRITE_PATIENCE", "120s")
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return found

"""What a page of ours says of a refusal, for programs: its alerts, and the errors at the fields of its form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
INLINE = frozenset({"a", "abbr", "b", "code", "em", "i", "span", "strong", "time"})
SILENT = frozenset({"button", "script", "style", "svg", "template"})


@dataclass(slots=True)
class Alerts:
    """The sentences in their order; those about a field also by its name."""

    sentences: list[str] = field(default_factory=list)
    fields: dict[str, list[str]] = field(default_factory=dict)


def read_alerts(page: str) -> Alerts:
    """Elements with `role="alert"`, and Django's lists of errors."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return reader.alerts


class _Reader(HTMLParser):
    """`depth` counts the elements that are open from an alert on, `silent` those from one that says nothing on."""

    def __init__(self) -> None:
        super().__init__()
        self.alerts = Alerts()
        self.depth = self.silent = 0
        self.field = ""
        self.text = ""

    def handle_starttag(self, tag: str, attributes: Sequence[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        classes = given.get("class", "").split()
        if tag in VOID:
            self.text += " "
            return
        if self.silent or (self.depth and (tag in SILENT or "button" in classes)):
            self.silent += 1
        elif self.depth or given.get("role") == "alert" or "errorlist" in classes:
            if not self.depth:
                self.field = field_of(given.get("id", ""))
            self.depth += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID or not self.depth:
            return
        if self.silent:
            self.silent -= 1
            return
        self.depth -= 1
        self.text += "" if tag in INLINE else " "
        if tag in ("li", "p") or not self.depth:
            self.end_sentence()

    def handle_data(self, data: str) -> None:
        if self.depth and not self.silent:
            self.text += data

    def end_sentence(self) -> None:
        sentence, self.text = " ".join(self.text.split()), ""
        if sentence and sentence not in self.alerts.sentences:
            self.alerts.sentences.append(sentence)
        if sentence and self.field:
            self.alerts.fields.setdefault(self.field, []).append(sentence)


def field_of(identifier: str) -> str:
    """The field that a list of errors of Django's is about, by its id."""
    is_error_list = identifier.startswith("id_") and identifier.endswith("_error")
    return identifier.removeprefix("id_").removesuffix("_error") if is_error_list else ""

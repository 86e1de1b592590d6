"""What a notice says: its templates filled with what is known of it, as a text message, an e-mail, a letter."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import override

from gis_core.errors import Invalid
from gis_core.letters.blocks import Block, blocks_of, plain
from gis_core.letters.kinds import Value, kind_of
from gis_core.letters.services import clean_text, common_values, plain_line
from gis_core.letters.template import TO_COMPLETE, Template
from networks.notifications.kinds import code_of
from networks.notifications.models import Notice
from networks.notifications.sms import MOST_PARTS, PLAIN, Length, length_of

LONGEST_SMS, LONGEST_BODY = 1_000, 10_000
ESCAPED = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class NoticeTexts:
    """What a notice says once its fields are filled: `body` in the markup of letters, `text` without it."""

    sms: str
    title: str
    body: str

    @property
    def length(self) -> Length:
        return length_of(self.sms)

    @property
    def text(self) -> str:
        return "\n\n".join(filter(None, map(plain_block, blocks_of(self.body))))


def texts_of(notice: Notice) -> NoticeTexts:
    """The texts of a notice, filled in; a value that is not known is a place to complete.

    Raises Invalid at the text that is wrong.
    """
    values = notice_field_values(notice)
    typed: dict[str, Value] = {name: str(value).translate(PLAIN) for name, value in values.items()}
    sms = fill_text(notice.sms, notice.kind, typed, "sms")
    return NoticeTexts(
        sms="\n".join(line.strip() for line in ESCAPED.sub(r"\1", sms).split("\n") if line.strip()),
        title=plain_line(fill_text(notice.title, notice.kind, values, "title")),
        body=fill_text(notice.body, notice.kind, values, "body"),
    )


def fill_text(text: str, kind: str, values: Mapping[str, Value], parameter: str) -> str:
    longest = {"sms": LONGEST_SMS, "body": LONGEST_BODY}.get(parameter)
    if longest and len(text) > longest:
        raise Invalid(_("The text has more than %(most)s characters.") % {"most": longest}, parameter=parameter)
    template = Template(clean_text(text), kind_of(code_of(kind, sms=parameter == "sms")), parameter=parameter)
    return template.filled(values)


def notice_field_values(notice: Notice) -> dict[str, Value]:
    given: dict[str, Value] = {
        "debut": moment(notice.starts_at),
        "fin_prevue": moment(notice.ends_at),
        "motif": notice.reason,
        "secteur": notice.place,
        "telephone": notice.phone,
    }
    return common_values(notice.owner) | given


def moment(instant: datetime | None) -> str:
    """« jeudi 26 novembre à 8 h 30 », in French whoever writes."""
    if instant is None:
        return ""
    local = timezone.localtime(instant)
    with override("fr"):
        day, rank = format_date(local, "l"), "1er" if local.day == 1 else str(local.day)
        hour = f"{local.hour} h" + (f" {local.minute:02d}" if local.minute else "")
        return f"{day} {rank} {format_date(local, 'F')} à {hour}"


def plain_block(block: Block) -> str:
    """A block of the markup as an e-mail in plain text has it."""
    if block.kind == "table":
        return "\n".join(" | ".join(map(plain, row)) for row in block.rows)
    before = "- " if block.kind == "bullets" else ""
    return "\n".join(before + plain(line) for line in block.lines)


def check_whole(texts: NoticeTexts, *, sms: bool, other: bool) -> None:
    """Refuse a text that would go out empty, too long, or with a place to complete. Raises Invalid at the text."""
    for name, text, wanted in (("sms", texts.sms, sms), ("title", texts.title, other), ("body", texts.body, other)):
        if not wanted:
            continue
        if not text.strip():
            raise Invalid(_("There is nothing written here."), parameter=name)
        if TO_COMPLETE in text.replace("\\", ""):
            missing = _(
                "A place is still to be completed: fill in the dates, the place or the reason, or take the field away."
            )
            raise Invalid(missing, parameter=name)
    if sms and texts.length.parts > MOST_PARTS:
        message = _("The text message takes %(parts)s messages: shorten it to %(most)s at most.")
        raise Invalid(message % {"parts": texts.length.parts, "most": MOST_PARTS}, parameter="sms")


def mail_text(texts: NoticeTexts, addresses: Sequence[str], member: str, stop: str) -> str:
    """The e-mail to somebody at these addresses, with the link by which they get no more."""
    with override("fr"):
        parts = [texts.text]
        if addresses:
            parts.append(f"Adresse concernée : {addresses[0]}" if len(addresses) == 1
                         else "Adresses concernées :\n" + "\n".join(f"- {one}" for one in addresses))  # fmt: skip
        parts.append(f"-- \n{member}\nNe plus recevoir ces avis par e-mail : {stop}")
    return "\n\n".join(parts) + "\n"

"""Kinds of notices and their built-in French words, as the templates of letters have them (`gis_core.letters`).

Each kind has two templates: what e-mails and letters say, and the text message. `letter_templates/` holds them; the
first line is the subject, or what the notice is called.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from gis_core.letters.kinds import Field, LetterKind
from gis_core.members.rights import Role
from networks.notifications.models import Notice

ABOUT, SERIES = "notice", "AVIS"
FOLDER = Path(__file__).parent / "letter_templates"
FIELDS = (
    Field("debut", _("when it begins"), "jeudi 26 novembre à 8 h 30"),
    Field("fin_prevue", _("when it ends"), "jeudi 26 novembre à 12 h"),
    Field("motif", _("why"), "réparation d’une fuite"),
    Field("secteur", _("where"), "rue des Tanneurs et rue Haute, à Lorris"),
    Field("telephone", _("telephone of the service"), "02 38 00 00 00"),
)
"""What a text may name: the same for everybody, so that the length of a text message is known before it is sent."""


def letter_kind(kind: Notice.Kind, name: Any, *, sms: bool) -> LetterKind:
    title, _line, body = (FOLDER / f"{kind}{'_sms' if sms else ''}.txt").read_text().partition("\n")
    return LetterKind(
        code=code_of(kind, sms=sms),
        name=name,
        group=_("Notices to users"),
        series=SERIES,
        fields=FIELDS,
        title=title,
        body=body.strip(),
        editors=frozenset({Role.NETWORK_TECHNICIAN}),
    )


def code_of(kind: str, *, sms: bool) -> str:
    return f"warning-{kind}-sms" if sms else f"warning-{kind}"


NAMES: Mapping[Notice.Kind, tuple[Any, Any]] = {
    Notice.Kind.PLANNED: (_("Planned water cut: e-mail and letter"), _("Planned water cut: text message")),
    Notice.Kind.BURST: (_("Burst: e-mail and letter"), _("Burst: text message")),
    Notice.Kind.BOIL: (_("Do not drink the water: e-mail and letter"), _("Do not drink the water: text message")),
    Notice.Kind.END: (_("End of the cut: e-mail and letter"), _("End of the cut: text message")),
    Notice.Kind.WORKS: (_("Works: e-mail and letter"), _("Works: text message")),
    Notice.Kind.MOVED: (
        _("Works moved to other days: e-mail and letter"),
        _("Works moved to other days: text message"),
    ),
    Notice.Kind.CALLED_OFF: (_("Works cancelled: e-mail and letter"), _("Works cancelled: text message")),
    Notice.Kind.OTHER: (_("Other notice: e-mail and letter"), _("Other notice: text message")),
}
KINDS = tuple(
    letter_kind(kind, name, sms=sms)
    for kind, names in NAMES.items()
    for name, sms in zip(names, (False, True), strict=True)
)

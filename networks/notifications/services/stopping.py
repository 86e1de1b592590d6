"""Who wants no more messages says so: by the link of an e-mail, or by answering STOP. It counts at once."""

import re
from dataclasses import dataclass

from django.core.signing import BadSignature
from django.utils.translation import gettext as _

from gis_core.database.statements import execute, fetch_one
from gis_core.errors import NotFound
from networks.notifications.phones import NotAPhoneError, phone_of
from networks.notifications.services.sending import STOP

STOPPING = re.compile(r"\W*(stop|arret|arrêt|unsubscribe|desabonnement|désabonnement)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Stop:
    """What a link is about: who writes, whether they do no more, whether the address is still known."""

    member: str
    closed: bool
    known: bool


def stop_by_link(token: str, *, closing: bool) -> Stop:
    """What the link of an e-mail is about; `closing` ends it. Raises NotFound."""
    nothing = NotFound(_("This link leads nowhere: it is not whole, or very old."))
    try:
        message = STOP.unsign(token)
    except BadSignature as error:
        raise nothing from error
    row = fetch_one("select * from arpent.stop_message(%s, %s)", [int(message), closing])
    if row is None:
        raise nothing
    return Stop(*row)


def stop_by_reply(number: str, text: str) -> bool:
    """Whether an answer was one that stops; then nobody writes to the number any more."""
    if not STOPPING.match(text):
        return False
    try:
        phone = phone_of(number).number
    except NotAPhoneError:
        return False
    execute("select arpent.stop_number(%s)", [phone])
    return True

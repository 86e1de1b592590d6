"""Who a browser's session belongs to, in a name that says nothing: pages compare it with the one they were made for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from gis_core.members.rights import ANONYMOUS, Rights

if TYPE_CHECKING:
    from django.http import HttpRequest

HEADER = "Arpent-User"
"""In a request: the person for whom the page was made. In an answer: who asked, and a name for what they may see."""


def person_id(user: Any) -> str:
    """The same for one person in every session, unlike any other's; "" for nobody."""
    if not user.is_authenticated:
        return ""
    return salted_hmac("gis_core.session", str(user.pk), algorithm="sha256").hexdigest()[:20]


def rights_id(rights: Rights) -> str:
    """Another one as soon as what this person may see changes."""
    return salted_hmac("gis_core.session.rights", rights.rows_class(), algorithm="sha256").hexdigest()[:12]


def session_label(request: HttpRequest) -> str:
    """`person.rights` of who asks; `.` for nobody."""
    person = person_id(request.user)
    return f"{person}.{rights_id(getattr(request, 'rights', ANONYMOUS)) if person else ''}"


def session_facts(request: HttpRequest) -> dict[str, Any]:
    """What a page needs to know whether it still is whose it was (static/gis_core/session.js)."""
    user = getattr(request, "user", None)
    known = user is not None and user.is_authenticated
    return {
        "user": person_id(user) if known else "",
        "rights": rights_id(getattr(request, "rights", ANONYMOUS)) if known else "",
        "name": str(user) if known else "",
        "login": user.get_username() if known and user is not None else "",
        # A page of an earlier version is told to reload once the server has another.
        "version": settings.VERSION,
    }


def session_now(request: HttpRequest) -> dict[str, Any]:
    """The same with a token for what the page writes from now on."""
    return {**session_facts(request), "csrf": get_token(request)}


def page_session(request: HttpRequest) -> dict[str, Any]:
    """The same with the addresses and the labels that `session.js` needs while the server cannot be asked."""
    return {
        **session_facts(request),
        "header": HEADER,
        "url": reverse("session"),
        "sign_in": reverse("account_login"),
        "second_step": reverse("mfa_authenticate"),
        "sign_out": reverse("account_logout"),
        "words": page_labels(),
    }


def page_labels() -> dict[str, str]:
    return {
        "ended": _("Your session has ended: what is on screen is kept, and nothing of it was sent."),
        "again": _("Sign in again"),
        "later": _("Not now"),
        "other_title": _("Somebody else is signed in"),
        "other": _("%(name)s uses this browser now; this page is that of %(former)s. Nothing was sent."),
        "reload": _("Reload the page"),
        "stay": _("Stay on this page"),
        "lost_title": _("The server does not answer"),
        "lost": _("Nothing was sent, and what you typed is still here. Check the network, then try again."),
        "retry": _("Try again"),
        "closed": _("This account is closed: ask an administrator of your member."),
        "too_many": _("There were too many attempts. Wait a few minutes, then try again."),
        "out_title": _("Unsaved work"),
        "out": _(
            "On the map you left work unsaved (%(layers)s). It can wait in this browser until you come back: "
            "the platform shows it to nobody else. On a shared computer, erase it."
        ),
        "out_keep": _("Keep it and sign out"),
        "out_erase": _("Erase it and sign out"),
        "out_stay": _("Stay signed in"),
        "draft": _("You left something typed and not sent in this form."),
        "draft_take": _("Take it up again"),
        "draft_drop": _("Forget it"),
        "upgraded": _(
            "Arpent was upgraded while this page was open. Finish or send what you are typing, then reload the page: "
            "what is typed and not sent is kept, except files."
        ),
        "failed": _("Signing in did not succeed. Try again in a moment."),
    }

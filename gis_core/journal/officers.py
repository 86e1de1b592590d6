"""Accounts of security officers (RSSI): they read the security journal, and no data of anybody."""

from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from gis_core.accounts import mail
from gis_core.database.rows import first_of
from gis_core.errors import Conflict
from gis_core.members import people
from gis_core.members.closing import close_access
from gis_core.models import User

# Their own account, the help, the journal; everything else belongs to others.
OPEN = ("/journal/", "/compte/", "/aide/", "/langue/", "/health/", "/favicon.ico", "/api/v1/me/")


def officers() -> QuerySet[User]:
    return User.objects.filter(kind=User.Kind.SECURITY, is_active=True).order_by("last_name", "username")


@transaction.atomic
def open_account(*, email: str, first_name: str = "", last_name: str = "", site: str) -> User:
    """An account that reads the journal alone; its owner sets the password by a link. Raises Invalid, Conflict.

    Whoever works with data has another account: this one is never theirs.
    """
    email = people.clean_email(email)
    people.lock_people()
    if User.objects.filter(Q(email__iexact=email) | Q(username__iexact=email)).exists():
        message = _("This address has an account already: a security officer's account is one of its own.")
        raise Conflict(message, parameter="email")
    user = people.new_account(email, people.clean_name(first_name), people.clean_name(last_name))
    User.objects.filter(pk=user.pk).update(kind=User.Kind.SECURITY)
    mail.post("security_officer", user=user.pk, site=site)
    return user


@transaction.atomic
def close_account(user_id: int) -> None:
    """Its sessions and tokens open nothing any more. Raises NotFound."""
    user = first_of(officers().filter(pk=user_id))
    close_access(user, why="account_closed")


def is_kept_out(request: HttpRequest) -> bool:
    """Whether a security officer asks for something that is not theirs."""
    user = request.user
    return isinstance(user, User) and user.kind == User.Kind.SECURITY and not request.path_info.startswith(OPEN)


def lead_to_journal(request: HttpRequest) -> HttpResponse | None:
    """From the map, where people arrive, to what the officer reads."""
    return redirect("journal") if request.path_info == "/" and request.method == "GET" else None

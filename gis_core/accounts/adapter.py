"""Accounts are made by administrators, never by visitors; whoever guesses passwords is slowed, their owner is not."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal import ratelimit
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.core.cache import cache
from django.db.models import Q
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gis_core.accounts import devices
from gis_core.accounts import mail as account_mail
from gis_core.accounts.factor import recovery
from gis_core.accounts.joining import SESSION_KEY
from gis_core.accounts.providers.choosing import (
    entry_of,
    first_step,
    is_emergency_account,
    may_open,
    methods_for,
    open_methods,
)
from gis_core.accounts.sessions import NOWHERE
from gis_core.database import clock as database_clock
from gis_core.long_dates import format_long_date
from gis_core.members.people import accept_first
from gis_core.models import Commune, User
from gis_core.operations import security_journal as security
from gis_core.tokens import services as tokens

# Wrong passwords: `address` in all from one address, a town hall of twenty people has one; `here` for a name from an
# address, or on a device that its owner has signed in on; `everywhere` for a name. Beyond that last one nobody is shut
# out: whoever comes from a device not yet known has one attempt from each address in the time of `attacked`.
LIMITS = {"address": "60/m/ip", "here": "5/5m/key", "everywhere": "50/h/key", "attacked": "1/5m/key"}
LIMITS["join"] = "3/15m/key"  # links to join an identity, for an address
WARNED_EVERY_S = 86_400


# One sentence whichever of the two was typed: the label of the field says both.
WRONG = _("This user name or address and this password do not go together.")


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": WRONG,
        "email_password_mismatch": WRONG,
        "enter_current_password": _("This is not your current password."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The visitor's address as the journal says it; all of those without any count as one."""
        return security.address_of(request) or NOWHERE

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """allauth's notices leave by the queue. They hold no secret: links are made by `account_mail` alone."""
        message = self.render_mail(template_prefix, email, {"request": self.request, "email": email, **context})
        account_mail.post("written", to=email, subject=str(message.subject), body=str(message.body))

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """Keep a new password: API tokens end with the former one, unless its owner said otherwise.

        A first password comes from the link of an invitation, which it accepts.
        """
        first = not user.has_usable_password()
        super().set_password(user, password)
        if not isinstance(user, User):
            return
        if not user.keeps_tokens:
            tokens.end_tokens(user)
        if first:
            accept_first(user)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse before the password is looked at, where there were too many wrong ones."""
        name = name_given(credentials)
        known = devices.device_of(request, find_account(name))
        address = ratelimit.truncate_ip(self.get_client_ip(request))
        attacked = not known and not limit(request, "everywhere", name, dry_run=True)
        limits = [limit(request, "attacked" if attacked else "here", f"{name} {known or address}")]
        if not known:
            limits.append(limit(request, "address", ""))
        if not all(limits):
            report_slow_sign_in(request, name)
            raise self.validation_error("too_many_login_attempts")
        # Taken back where the password is right.
        self._login_failed_rl_usage = ratelimit.RateLimitUsage([one for usage in limits for one in usage.usage])

    def pre_login(self, request: HttpRequest, user: AbstractBaseUser, **options: Any) -> HttpResponse | None:
        """Refuse a password, or a passkey alone, right as it is, where the person's member has switched passwords off.

        A recovery of a lost second factor takes effect at the first sign-in after its day, one that is not refused.
        """
        response: HttpResponse | None = super().pre_login(request, user, **options)
        if response is not None or not isinstance(user, User):
            return response
        by_method = (options.get("signal_kwargs") or {}).get("method")
        if not by_method and not may_open(request, user):
            security.record("password_refused", account=user.pk)
            context = {**passwords_closed(user), "by_key": first_step(request, user) == "mfa"}
            return render(request, "account/passwords_closed.html", context, status=403)
        recovery.apply_due(user, request.build_absolute_uri("/"))
        return None

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        name = name_given(credentials)
        account = find_account(name)
        # What is typed into the field of the name may be a password: it is told where it names an account alone.
        security.record("sign_in_failed", account=account.pk if account else None)
        limit(request, "everywhere", name)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """On a platform without any commune its map is empty: the agency begins with what leads on."""
        user = request.user
        if isinstance(user, User) and user.is_superuser and not Commune.objects.exists():
            return reverse("getting_started")
        return str(super().get_login_redirect_url(request))

    def get_login_stages(self) -> list[str]:
        """allauth's, and its second factor as this site asks for it."""
        ours = "gis_core.accounts.factor.adapter.SecondStep"
        return [ours if one.endswith(".AuthenticateStage") else one for one in super().get_login_stages()]

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **options: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **options)
        if isinstance(user, User):
            devices.remember(request, response, user)
            if first_step(request, user) != "socialaccount":
                # Of somebody's half sign-in by a method, in this browser, before.
                request.session.pop(SESSION_KEY, None)
                if is_emergency_account(user):
                    report_emergency(request, user)
        return response


def limit(request: HttpRequest, which: str, key: str, *, dry_run: bool = False) -> Any:
    """Count an attempt under one of the limits; None where there were too many."""
    return ratelimit.consume(
        request, app="gis_core", action=f"sign_in_{which}", config={f"sign_in_{which}": LIMITS[which]}, key=key,
        dry_run=dry_run,
    )  # fmt: skip


def name_given(credentials: dict[str, Any]) -> str:
    return str(credentials.get("email") or credentials.get("username") or "").strip().lower()


def find_account(name: str) -> User | None:
    """The open account that signs in by this user name or address."""
    if "\0" in name:
        return None
    return User.objects.filter(Q(username__iexact=name) | Q(email__iexact=name), is_active=True).first()


def report_slow_sign_in(request: HttpRequest, name: str) -> None:
    """Write down that somebody has to wait, and tell the account's owner, once a day."""
    account = find_account(name)
    security.record("sign_in_slowed", account=account.pk if account else None)
    if account and cache.add(f"arpent:slowed:{account.pk}", True, WARNED_EVERY_S):
        account_mail.post(
            "slowed",
            user=account.pk,
            address=security.address_of(request),
            at=format_long_date(timezone.localtime(database_clock.now()), "j N Y H:i"),
            site=request.build_absolute_uri("/"),
        )


def passwords_closed(user: User) -> dict[str, Any]:
    """The methods that are left to somebody whose passwords are switched off."""
    methods = [*methods_for(user.email), *open_methods().filter(member__memberships__user=user).distinct()]
    return {"entries": [(method, entry_of(method)) for method in dict.fromkeys(methods)]}


def report_emergency(request: HttpRequest, user: User) -> None:
    """An emergency account has signed in by its password or its key: the journal and the agency are told each time."""
    security.record("emergency_sign_in", account=user.pk)
    account_mail.post(
        "emergency",
        user=user.pk,
        address=security.address_of(request),
        at=format_long_date(timezone.localtime(database_clock.now()), "j N Y H:i"),
    )


@receiver(user_logged_in)
def record_sign_in(sender: Any, user: User, request: HttpRequest | None = None, **_signal: Any) -> None:
    """By which methods, as allauth notes them: `password`, `socialaccount` with its provider, `mfa` with its type."""
    session = getattr(request, "session", None) or {}
    used = [
        ":".join(str(one[name]) for name in ("method", "provider", "type") if one.get(name))
        for one in session.get("account_authentication_methods", [])
    ]
    security.record("sign_in", user=user.pk, name=user.get_username(), method=used)


@receiver(user_logged_out)
def record_sign_out(sender: Any, user: User | None, **_signal: Any) -> None:
    if user is not None:
        security.record("sign_out", user=user.pk, name=user.get_username())

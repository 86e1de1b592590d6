"""DRF's view of who asks: the middleware has already found out; sessions still owe a CSRF token."""

from django.utils.translation import gettext as _
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request


class TokenExpired(PermissionDenied):
    """The CSRF token is missing, or of an earlier session."""

    reason = "csrf"


class WhoAsksAuthentication(SessionAuthentication):
    def authenticate(self, request: Request):  # type: ignore[no-untyped-def]
        user = getattr(request._request, "user", None)
        if user is None or not user.is_authenticated:
            return None
        if not request._request.by_token:  # type: ignore[attr-defined]
            self.enforce_csrf(request)
        return user, None

    def enforce_csrf(self, request: Request) -> None:
        try:
            super().enforce_csrf(request)
        except PermissionDenied as error:
            message = _("The form's security token is missing or expired: reload the page and send it again.")
            raise TokenExpired(message) from error

    def authenticate_header(self, request: Request) -> str:
        """A browser's own password box would get in the way, so programs alone are challenged."""
        return 'Bearer realm="Arpent"'

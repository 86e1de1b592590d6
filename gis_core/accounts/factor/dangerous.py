"""What is dangerous asks who acts to say again who they are, where they have not done so within five minutes.

The one list of it is here, by the names of addresses; `SecondFactor` (middleware.py) applies it to all of them.
"""

from __future__ import annotations

import time
from typing import Final

from allauth.account import app_settings
from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest

from gis_core.accounts.factor.adapter import factors_here
from gis_core.accounts.factor.requirement import was_given_elsewhere
from gis_core.http.middleware import signed_in_user

WRITES: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
ALL: Final = WRITES | {"GET", "HEAD"}

RIGHTS: Final = (
    *("people", "people_list", "person", "person_remove", "api_people", "api_person"),
    *("person_last_date", "person_handover", "reviews", "review_closing", "journal_officers"),
    *("programs", "program_token_create", "program_take_over", "retention_choice"),
    *("owner_access", "second_factor_of_member", "second_factor_by_role", "factor_recovery"),
    *("admin:gis_core_user_change", "admin:gis_core_user_changelist"),
    *("admin:gis_core_member_change", "admin:gis_core_member_delete"),
)
SIGN_IN_METHODS: Final = (
    *("account_set_password", "mfa_edit_webauthn"),
    # The sign-in that has just been is a proof; one of this morning is none of who sits there now.
    *("identity_join", "identity_remove"),
    *(
        f"{prefix}{name}"
        for prefix in ("", "platform_")
        for name in (
            *("sign_in_methods", "sign_in_method_add", "sign_in_method", "sign_in_switch", "sign_in_rules"),
            *("sign_in_rule_remove", "directory_add", "directory", "directory_confirm"),
        )
    ),
)
FACTORS: Final = (
    *("mfa_activate_totp", "mfa_deactivate_totp", "mfa_add_webauthn", "mfa_remove_webauthn"),
    *("mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_download_recovery_codes"),
)
DANGEROUS: Final = {
    **dict.fromkeys(RIGHTS, WRITES),
    **dict.fromkeys(("token_create", "api_tokens"), WRITES),
    **dict.fromkeys(SIGN_IN_METHODS, WRITES),
    # A page of these shows a secret, or begins what its form ends.
    **dict.fromkeys(FACTORS, ALL),
    # Everything of a member, as one file; names and addresses of owners.
    "departure": WRITES,
    "departure_file": ALL,
    "person_request": WRITES,
    "person_request_file": ALL,
    "my_data_file": ALL,
    "journal_export": ALL,
    "api_owners_export": WRITES,
}
"""Methods by the name of an address."""
FOR_PROGRAMS: Final = frozenset({"api_owners_export", "journal_export"})
"""Where an API token passes: its owner asked for it as one who had just signed in, and a journal has each reading."""


def is_dangerous(name: str, method: str | None) -> bool:
    """Whether a request by this method to the address of this name is one of them."""
    return method in DANGEROUS.get(name, ())


def is_fresh(request: HttpRequest) -> bool:
    """Whether who is signed in said who they are within five minutes: by signing in, or asked again.

    Who has a second factor said it by that one, here or at the provider: a password alone does not do.
    """
    user = signed_in_user(request)
    records = get_authentication_records(request, user)
    if factors_here(request, user):
        elsewhere = records[-1:] if was_given_elsewhere(request, user) else []
        records = [*elsewhere, *(record for record in records if record["method"] == "mfa")]
    times = [record["at"] for record in records]
    return bool(times) and time.time() - max(times) < app_settings.REAUTHENTICATION_TIMEOUT

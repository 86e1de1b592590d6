"""Whose the rows of this app's models are (`gis_core.ownership`)."""

from typing import Final

from gis_core.ownership.declarations import Declared, Fate, Whose, common, of_member
from gis_core.ownership.free_texts import CODE, FreeText, page_of
from gis_core.ownership.law import OBJECTION, TRACES, WARNED

DECLARATIONS: Final = (
    *of_member("notifications", {"Settings": "member", "Notice": "owner", "Target": "notice__owner"}),
    Declared(
        model="notifications.Contact",
        whose=Whose.MEMBER,
        path="owner",
        asks=Fate.ERASE,
        identity=("name", "phone", "email"),
        journal="arpent.journal_person_contacts",
    ),
    Declared(
        model="notifications.OptOut",
        title="refus d’être prévenu",
        whose=Whose.MEMBER,
        path="owner",
        asks=Fate.KEEP,
        basis=OBJECTION,
        identity=("value",),
    ),
    Declared(
        model="notifications.Message",
        whose=Whose.MEMBER,
        path="notice__owner",
        asks=Fate.KEEP,
        basis=WARNED,
        identity=("value",),
    ),
    Declared(
        model="notifications.ContactReading",
        whose=Whose.COMMON,
        asks=Fate.KEEP,
        basis=TRACES,
        identity=("by_name",),
    ),
    *common("notifications", "EarlyReport"),
)
FREE_TEXTS: Final = (
    FreeText(
        model="notifications.Notice",
        columns=("name", "reason", "place", "phone", "sms", "title", "body"),
        links=page_of("notice"),
    ),
    FreeText(
        model="notifications.Contact",
        columns=("reference", "address", "connection", "sms_consent_how", "email_consent_how"),
        links=page_of("contact"),
    ),
    FreeText(model="notifications.ContactReading", columns=("purpose",)),
    FreeText(model="notifications.Target", columns=("address", "sensitive"), unread={"connection": CODE}),
    FreeText(model="notifications.Message", columns=("addresses", "why")),
    FreeText(model="notifications.EarlyReport", columns=("why",)),
)

"""What the database itself keeps of planning applications: documents that nobody deletes, letters that name people."""

from gis_core.wiring.database import Policy, Trigger

TRIGGERS = (
    Trigger(table="permits_piece", order=20, name="kept", fires="before update or delete", call="keep_document()"),
    Trigger(table="permits_consultation", order=20, name="kept", fires="before delete", call="keep_document()"),
    Trigger(table="permits_consultationreply", order=20, name="kept", fires="before delete", call="keep_document()"),
    Trigger(table="permits_event", order=20, name="kept", fires="before delete", call="keep_document()"),
    Trigger(table="permits_proposalreview", order=20, name="kept", fires="before delete", call="keep_document()"),
    Trigger(table="permits_permit", order=20, name="kept", fires="before delete", call="keep_document()"),
)
"""Pieces, answers and reviews are kept, and so are the files that they belong to."""
LETTERS = Policy(
    table="gis_core_letter",
    name="permit_letters",
    of="select",
    using="about_kind <> 'permit' or not nominative or created_by_id = (select arpent.user_id())"
    " or arpent.reads_applicants(owner_id, insee)",
)
"""Letters that name the applicant are shown to those who read applicants, and to whoever wrote them."""

"""What the database itself keeps of works on roads, and whom it shows requests to."""

from gis_core.wiring.database import Policy, Trigger

DEALS_WITH_THEM = "arpent.deals_with_requests(owner_id, insee)"

TRIGGERS = (
    Trigger(table="road_work", order=20, name="number", fires="before insert or update", call="number_work()"),
    # They take their detours with them when they go.
    Trigger(table="road_work", order=30, name="detours", fires="before delete", call="leave_work()"),
    # Detours have the days of their works.
    Trigger(table="road_detour", order=20, name="days", fires="before insert or update", call="date_detour()"),
    # Requests, their pieces and the orders that were published are kept.
    Trigger(table="road_request", order=20, name="kept", fires="before delete", call="keep_request()"),
    Trigger(table="road_piece", order=20, name="kept", fires="before update or delete", call="keep_document()"),
    Trigger(table="road_order", order=20, name="kept", fires="before delete", call="keep_document()"),
    Trigger(table="road_order_file", order=20, name="kept", fires="before delete", call="keep_document()"),
)
POLICIES = (
    # Requests name people, and so do the letters about them: only those who deal with requests see either.
    Policy(table="road_request", name="road_requests", using=DEALS_WITH_THEM, check=DEALS_WITH_THEM),
    Policy(
        table="gis_core_letter",
        name="road_request_letters",
        of="select",
        using=f"about_kind <> 'road-request' or {DEALS_WITH_THEM}",
    ),
    # A line comes with the request that it tells of: only what sends one writes it (arpent.transmit_request).
    Policy(table="road_transmission", name="road_transmissions_added", of="insert", check="false"),
    Policy(table="road_transmission", name="road_transmissions_changed", of="update", using="false"),
    Policy(table="road_transmission", name="road_transmissions_deleted", of="delete", using="false"),
)

"""Drinking water and sewer networks of members: plan, topology, isolation of a break, hydrants, repairs.

What is stored (`models/`): nodes, pipes and connections of both families, and repairs (`network`, on the columns of
`base`); outages, each with the answer of its day (`outage`); inspections, times out of use and cover of hydrants
(`fire`); inspections of manholes (`manhole`); anomalies and scans (`anomaly`); ends that an import moved (`imported`).
The database keeps pipes and nodes together: `topology` says what holds, `triggers` which function of `sql/` fires when
(a pipe that is split, too).

What the others get: all of it is in `manifest`: layers, what the map's sheet says of a feature (`sheets`,
`inspection_sheets`), sections of the parcel sheet (`sections`), the import (`sources`), exports of RAEPA and StaR-Eau,
what editing asks (`editing`), the desk of networks with its tabs, notices to the addresses of an outage.

A click on “Isoler” on a pipe: `webmap/src/ui/sheet.ts` → `isolate` of `webmap/src/water/desk.ts` → POST
`/api/v1/networks/water/isolation`, `api.views` → `services.isolation`: `starting` finds the pipe, `isolation_zone`
walks `graph`, which `sql/network_squares.sql` reads under the asker's row policies, `answers` says what was reached.
Back: `webmap/src/ui/water-isolate.ts` lists it, `picture.ts` and `webmap/src/map/water.ts` draw it. “Enregistrer”
posts the same question to `pages.outages`, which keeps the answer.

Files: what comes in is `importers/` (`mapping`: which field fills which column of `layers`), what leaves in a
standard `exchange/`; lists with filters, order and files are `listings/` (hydrants for the SDIS:
`services.hydrant_tables`).
"""

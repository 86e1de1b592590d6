"""Works on roads, works on networks and events, in one calendar: where, when, what traffic meets, and the orders.

What is stored (`models/`): works and their numbers (`work`), detours around them (`detour`), requests to occupy or
close a road with their documents, and the orders that answer them (`request`). What the others get is in `manifest`:
two layers, letters, tabs of the desk of roads, parts of the page of a road; `points` are what it asks of others.
Conflicts are found by `services.conflicts`, ways around by `services.detours`, orders written as letters (`kinds`)
and read by everybody at `/travaux/` (`public_urls`).
"""

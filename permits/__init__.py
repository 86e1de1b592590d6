"""Planning applications: filing, events and the deadlines that follow from them, consultations, letters, reminders.

What is stored (`models`): applications, their events (never changed, struck out), applicants behind a journal,
attached documents, consultations, reminders, settings of a member. State and deadlines follow from the events
(`services.reading`), by the law in `deadlines/`, which knows neither Django nor the rest; `procedure` says what may
be recorded when. What the others get is in `manifest`: a layer, a section of the parcel sheet, letters, an import of
registers. `services.listing` is the list, its filters, files and API; `openads_urls` the contract of openADS.
"""

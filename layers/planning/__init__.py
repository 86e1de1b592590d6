"""Planning documents (PLU), easements (SUP) and risk plans, as the standards of the CNIG deliver them.

What is stored (`models`): documents in versions with zones, prescriptions and information; easements with their acts;
risk plans and zones. `standard` and `cnig` are the standards and their rules, `importers/` loads deliveries,
`sections` says on the parcel sheet what concerns a ground.
"""

"""The security journal in the database: kept, searched, sent on, forgotten; who had access to a layer on a day."""

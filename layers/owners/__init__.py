"""Who owns what (MAJIC), behind a journal: by commune, by the level that a role has.

What is stored (`models`): holdings, premises, owners by year; levels of roles; the journal and requests of third
parties, which functions of `sql/` alone write. `services.consulting` asks for owners: a line in the journal first,
then what the asker's level opens. `code_lists` are the codes of MAJIC.
"""

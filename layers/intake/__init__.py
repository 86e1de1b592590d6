"""Files that come in, all by the same steps: sent, read by the restricted reader, planned, applied, taken back.

What is stored (`models`): imports of files with their state, plan and report; mappings that members keep.
`source.Source` is what an app says of its files; `table.table_source` and `feature_table.source.feature_source` make
one for rows and for objects; `services.imports` takes the steps, `desk.ImportDesk` makes their pages.
`reference_source.ReferenceSource` is of reference data, which replaces what it covers (cadastre, plans) and is taken
back by `source_imports`.
"""

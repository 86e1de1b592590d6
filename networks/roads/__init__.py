"""Roads of members: the referential of numbered roads, places along them, assets, studies of what is in reach.

What is stored (`models/`): sections and nodes of roads, markers (PR), the axes measured between them (`referential`);
signs, barriers and other assets with their inspections, bound to the section beside them (`asset`); studies of
coverage (`study`). The database follows each edit of a section with its nodes, axes and assets: `triggers`, `sql/`.

What the others get is in `manifest`; `points` are the parts of its pages that others fill. A place such as “D 2020 PR
12+350” is read and said by `references` and `services.referring`, on the axes of `axis`. Deliveries come in through
`importers/`; lists are `listings/`.
"""

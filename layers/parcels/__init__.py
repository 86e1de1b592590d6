"""The parcel sheet: what is known of one or several parcels, on the screen, on paper, by program; frozen sheets.

What is stored (`models`): frozen sheets with their PDF file. The sheet is composed of sections that apps give
(`sections.Section`, `*sheet_sections(...)` in a manifest); `nearby` makes one of objects on and around the ground,
`document` the paper.
"""

"""Works simulated on the photo: volumes that are drawn, measured, shaded, and judged by the rules of their zone.

What is stored (`models`): the rules of zones as members enter them, and the texts of regulations to which they refer.
`engine/` computes with shapely and numpy alone: volumes, sides of a plot, rules of the CNIG's SRU standard, verdicts,
buildable envelope. `services/` reads what it needs in few statements; `api/` and `pages/` show it.
"""

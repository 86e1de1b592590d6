"""Acts: in whose name they are made, who signs, which notes of law they carry, what they take from the file.

An act is a letter (`gis_core.letters`) that decides. `authorities` says who signs on a day, `notes` which texts of law
hold for a decision of that day, `land` what the ground says, `checks` what keeps an act from being numbered.
"""

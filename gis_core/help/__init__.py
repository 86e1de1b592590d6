"""The guides of `docs/` inside the product, under /aide/: in French, for whoever uses Arpent.

Begin with `guides.py`: which pages of `docs/` are guides, and what each is. `rendering.py` makes a page of one,
`searching.py` finds words in all of them, `pages.py` answers.
"""

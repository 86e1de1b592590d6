"""`./arpent upgrade`: begin with `run.py`; `state.py` says which steps there are and where an upgrade is."""

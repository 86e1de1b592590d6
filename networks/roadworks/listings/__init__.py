"""The lists of roadworks: what is asked of each, its columns."""

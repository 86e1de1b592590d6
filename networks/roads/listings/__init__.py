"""The lists of the desk of roads."""

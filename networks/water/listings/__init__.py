"""The lists of the desk of networks."""

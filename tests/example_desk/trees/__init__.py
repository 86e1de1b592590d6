"""Street trees as they should be written once the desk kit is there: a specification, no model (see ../README.md)."""

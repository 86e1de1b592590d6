"""What an error says and what is quoted, taken out of a text: values stand there, and values may be people's."""

import re

# What an error says holds values, whatever stands around them.
RAISED = re.compile(
    r"^([A-Za-z_][\w.]*(?:Error|Exception|Warning|Interrupt|Invalid|NotFound|Conflict|Stale)): .*", re.M
)
QUOTED = re.compile(r"(?<!\w)'[^'\n]*'(?!\w)|\"[^\"\n]*\"|«[^»\n]*»|“[^”\n]*”")


def hide_quotes(text: str) -> str:
    """Without what an error says, and without what is quoted."""
    return QUOTED.sub("'…'", RAISED.sub(r"\1: …", text))

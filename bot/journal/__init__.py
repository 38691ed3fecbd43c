"""The journal of a period as a file: `talon journal`, and `/journal` of the group's administrators."""

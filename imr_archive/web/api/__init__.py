"""The questions of the pages, answered as JSON."""

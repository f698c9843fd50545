"""The JSON API: the questions of the pages for programs."""

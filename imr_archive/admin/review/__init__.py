"""Reviewing: a letter beside what was read of it, every fact of which can be corrected, one letter after another."""

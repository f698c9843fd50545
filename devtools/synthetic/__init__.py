"""Synthetic letters: a seeded generator of determination letters with known data, for demo, tests and benchmarks.

No person, case or clinical note in them is real. The package does not use Django; only ``pdf`` needs reportlab.
"""

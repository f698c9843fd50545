"""Made letters: a seeded generator of determination letters whose data is known, for the demo, tests and benchmarks.

No person, case or clinical note in them is real. Nothing here needs Django; only ``pdf`` needs reportlab.
"""

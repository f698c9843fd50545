"""Phrases that mark the rationales of overturned items of a treatment."""

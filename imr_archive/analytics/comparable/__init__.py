"""Comparable decisions: those nearest to a disputed item, whichever way they went."""

"""Closed periods: what is kept, what a later run says differently, and disputes about it."""

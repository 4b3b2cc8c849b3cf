"""Runs of pay in the background: taken from the store, computed in a process of their own."""

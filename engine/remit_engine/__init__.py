"""Decides, computes, proves and records what a checked policy text says."""

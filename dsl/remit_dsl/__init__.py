"""Remit's language: text in, a checked `Program` or diagnostics out."""

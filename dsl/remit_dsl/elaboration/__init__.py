"""Written expressions, typed."""

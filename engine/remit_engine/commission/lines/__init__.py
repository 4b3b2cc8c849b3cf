"""Lines of credit: which events count and for whom, and what becomes of them later."""

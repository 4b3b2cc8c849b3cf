"""Requests by the million: where each stands is found in SQL, and each place is answered once."""

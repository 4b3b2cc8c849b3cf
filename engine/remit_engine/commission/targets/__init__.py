"""Targets given out to periods, members and people, and the quotas that come of them."""

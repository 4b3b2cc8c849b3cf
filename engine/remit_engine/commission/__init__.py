"""Pay: what plans give people for a period, from events, line by line (docs/pay.md)."""

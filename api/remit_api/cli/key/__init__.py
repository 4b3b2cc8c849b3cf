"""`remit key`: keys to the service."""

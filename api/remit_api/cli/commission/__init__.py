"""`remit commission`: what plans pay people."""

"""From rules and a request to a ruling: the reference judge, and the order of the outcomes."""

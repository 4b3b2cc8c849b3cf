"""Who calls: what comes out is a `Caller`."""

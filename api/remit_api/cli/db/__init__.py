"""`remit db …`: the store as a whole."""

"""One file a step; each says of which it is the next."""

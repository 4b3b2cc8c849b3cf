"""One intermediate representation, one file per target."""

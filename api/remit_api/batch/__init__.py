"""Many requests from a file, answered into a file."""

"""Pay for the doors: runs over policies and data, and statements as files for people."""

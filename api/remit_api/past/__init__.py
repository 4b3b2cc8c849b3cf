"""Past requests: read from files and databases, and put to an old text and a new one."""

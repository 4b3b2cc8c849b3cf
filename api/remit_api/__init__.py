"""Every door to Remit: the command line, and later HTTP, web pages and the language server."""

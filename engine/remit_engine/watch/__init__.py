"""Watching events as they come in: what docs/watch.md says, exactly, after every entry and day."""

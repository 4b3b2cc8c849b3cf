"""Matching by durable-rules, which runs in a process of its own and may die there."""

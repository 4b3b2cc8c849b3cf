"""Engines that run the common SQL text: DuckDB in this process, PostgreSQL, Spark."""

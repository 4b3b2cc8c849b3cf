"""Data of pay, from a folder of CSV and Parquet or from the tables of a database."""

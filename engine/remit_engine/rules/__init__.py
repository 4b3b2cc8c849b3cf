"""A checked program as flat rules, and what their parts are called."""

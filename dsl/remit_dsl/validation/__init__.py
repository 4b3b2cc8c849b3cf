"""What is looked at when the whole program is known: faults, and what is likely not meant."""

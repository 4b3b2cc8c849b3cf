"""Data of pay: from rows of cells to an exact `Dataset`, every fault told with its place."""

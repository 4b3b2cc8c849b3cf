"""Pay by the million: plans as one SQL text in whole numbers, the same on every engine."""

"""Tables: their rows, and the proof that they leave no gap and say nothing twice."""

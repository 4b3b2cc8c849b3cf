"""What is kept: runs of pay, closed periods, disputes. Only ever added to, never rewritten."""

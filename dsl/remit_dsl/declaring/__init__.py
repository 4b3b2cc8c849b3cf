"""What is declared: from the tree to the parts of a program."""

"""Events out of files, followed by the watches of a policy, and what came of them."""

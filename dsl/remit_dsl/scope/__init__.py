"""Names: what each may mean at a place, and what declarations hang on one another."""

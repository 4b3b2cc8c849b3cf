"""A ruling told: the decision with its reasons in words, as JSON, and as records keep it."""

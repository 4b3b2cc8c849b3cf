"""The tree as text again, in the one layout."""

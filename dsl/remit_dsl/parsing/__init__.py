"""The words as a tree, by Lark's tables; and what is said of a text that is none."""

"""The text in words: characters, numbers, words of the language."""

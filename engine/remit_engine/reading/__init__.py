"""From YAML and JSON to typed, exact values, or to every reason why not; and back."""

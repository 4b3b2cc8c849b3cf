"""The life of a request for approval, as plain values: no store, and no clock of its own."""

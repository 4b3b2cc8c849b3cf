"""The service under load, side by side with what does nothing."""

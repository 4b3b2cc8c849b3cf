"""What two policy texts say differently, and which requests they answer differently."""

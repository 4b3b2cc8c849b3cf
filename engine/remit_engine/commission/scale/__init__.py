"""Scales: their tiers on a day, what they are against, and lines on them over a window."""

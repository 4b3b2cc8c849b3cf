"""What somebody had to report: the periods of the alerts, and those that have their report."""

from __future__ import annotations

from datetime import date

from engine.watch.following import follow

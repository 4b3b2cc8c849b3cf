"""What two texts say differently, thing by thing and right by right; layout and order are no
difference."""

from __future__ import annotations

from remit_engine.analysis.difference.change import Change
from remit_engine.analysis.difference.declared import dated_changes, declared_changes
from remit_engine.analysis.difference.ruled import ruled_changes
from remit_engine.analysis.difference.spoken import spoken_changes
from remit_engine.rules.ir import Model


def changes(old: Model, new: Model) -> tuple[Change, ...]:
    """Every difference between two checked texts; none where they mean and are worded the same."""
    actions = dict.fromkeys((*old.actions, *new.actions))
    return (
        *declared_changes(old, new),
        *dated_changes(old, new),
        *spoken_changes(old, new),
        *(change for action in actions for change in ruled_changes(action, old, new)),
    )

"""What every test shares: how long hypothesis looks, chosen by the environment.

REMIT_PROFILE: `ci` (the default: few examples, always the same ones), `shrink` (the same, and a
failing example is made small), `nightly` (many examples, others each time).
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings

_QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]

_NO_SHRINK = (Phase.explicit, Phase.generate)  # random policies take minutes to make small

settings.register_profile(
    "ci",
    phases=_NO_SHRINK,
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    print_blob=True,
    suppress_health_check=_QUIET,
)
settings.register_profile(
    "shrink",
    settings.get_profile("ci"),
    phases=(*_NO_SHRINK, Phase.shrink),
)
settings.register_profile(
    "nightly",
    max_examples=2_000,
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=_QUIET,
)
settings.load_profile(os.environ.get("REMIT_PROFILE", "ci"))

"""Whether this machine has durable-rules: it needs a C compiler, and Python before 3.13."""

from __future__ import annotations

import pytest

from remit_engine.watch.choosing import missing

needs_durable = pytest.mark.skipif(missing() is not None, reason=str(missing()))

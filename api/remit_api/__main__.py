"""`python -m remit_api` is `remit`."""

from __future__ import annotations

from remit_api.cli.main import main

main()

"""Exact rounding by a written rule."""

from __future__ import annotations

from fractions import Fraction


def rounded(value: Fraction, mode: str, step: Fraction) -> Fraction:
    """`value` to a multiple of `step`.

    mode: `half up` (ties away from zero), `half even`, `half down` (ties toward zero), `up`
    (away from zero), `down` (toward zero).
    """
    n, d = abs(value / step).as_integer_ratio()
    whole, rest = divmod(n, d)
    match mode:
        case "half up":
            more = 2 * rest >= d
        case "half down":
            more = 2 * rest > d
        case "half even":
            more = 2 * rest > d or (2 * rest == d and whole % 2 == 1)
        case "up":
            more = rest > 0
        case "down":
            more = False
        case _:
            raise ValueError(f"no such rounding: {mode}")
    result = (whole + more) * step
    return -result if value < 0 else result

"""The quarter's plans as a person writes them."""

from __future__ import annotations

from benchmarks.commission.month import FACTORS, GRADES, LEVELS, QUOTAS, REGIONS, position


def policy(hold: bool = True) -> str:
    """Field sales, and five overrides on top of each other."""
    levels = "".join(
        f"position {position(i)}"
        + (f" {{ reports to {position(i + 1)} }}\n" if i < LEVELS else "\n")
        for i in range(LEVELS, -1, -1)
    )
    factors = "\n".join(f"  {r} -> {f / 100}" for r, f in zip(REGIONS, FACTORS, strict=True))
    quotas = "\n".join(f"  {g} -> {q // 100} CNY" for g, q in zip(GRADES, QUOTAS, strict=True))
    return f"""policy bench {{ currency CNY  owner {position(LEVELS)} }}
enum Region {{ {" ".join(REGIONS)} }}
enum Grade {{ {" ".join(GRADES)} }}
{levels}
record Person {{ region: Region  grade: Grade }}
event Sale {{
  id: text
  date: date
  seller: Person
  net: money
  collected_on: date optional
  returned_on: date optional
}}
table market_factor (region: Region) gives number {{
{factors}
}}
table quota_of (grade: Grade) gives money {{
{quotas}
}}
commission sales {{
  pays      {position(0)}
  period    month
  from      Sale by date when net > 0
  credit    net to seller
  quota     quota_of(payee.grade)
  earned    = marginal rates on credit against quota quarter to date {{
                up to  80% -> 1.0%
                up to 100% -> 1.5%
                up to 120% -> 2.2%
                over       -> 3.0%
              }}
  payable   = earned * market_factor(payee.region) rounded half up to 0.01
  {"hold      until collected_on" if hold else ""}
  reverse   returned_on within 90 days of date at the rate paid
}}
{"".join(_override(i) for i in range(1, LEVELS + 1))}"""


def _override(level: int) -> str:
    base = "sales" if level == 1 else f"override_{level - 1}"
    return f"""commission override_{level} {{
  pays      {position(level)}
  period    month
  on        {base} of direct reports
  payable   = 0.5% of credit rounded half up to 0.01
}}
"""

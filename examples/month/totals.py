"""The totals of the month in whole cents, without remit: what the statements are held against."""

from __future__ import annotations

from generate import PEOPLE, SALES, TEAMS, money, person, sale

TIERS = ((80, 100), (100, 150), (120, 220), (None, 300))  # up to % of quota, rate in 1/10000


def half_up(over: int, under: int) -> int:
    """over / under of what is not negative, rounded half up."""
    return (2 * over + under) // (2 * under)


def commission(credit: int, quota: int, inland: bool) -> int:
    """Cents for a month's credit: slices in hundredths of a cent of quota percents."""
    earned, below = 0, 0  # in cents * 100 (percent) * 10_000 (rate)
    for bound, rate in TIERS:
        top = credit * 100 if bound is None else min(credit * 100, quota * bound)
        earned += max(0, top - below) * rate
        below = max(below, top)
    return min(half_up(earned * (115 if inland else 100), 100 * 10_000 * 100), 1_200_000)


def main() -> None:
    """Prints every total."""
    credit = [0] * PEOPLE
    pools = dict.fromkeys((f"team{t + 1}" for t in range(TEAMS)), 0)
    for i in range(SALES):
        cents, seller, _, director = sale(i)
        if director:
            pools[person(seller)[0]] += cents
        else:
            credit[seller] += cents
    paid = [commission(credit[n], person(n)[2], person(n)[1] == "inland") for n in range(PEOPLE)]
    teams = [sum(credit[n] for n in range(PEOPLE) if n % TEAMS == t) for t in range(TEAMS)]
    print("field_sales      credit", money(sum(credit)), " due", money(sum(paid)))
    overrides = [half_up(team * 5, 1000) for team in teams]
    print("manager_override credit", money(sum(teams)), " due", money(sum(overrides)))
    fees = [half_up(pool * 2, 1000) for pool in pools.values()]
    print("big_account_fee  credit", money(sum(pools.values())), " due", money(sum(fees)))


if __name__ == "__main__":
    main()

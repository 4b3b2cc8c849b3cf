"""Lifting a hold: what the service knows of it is stated by nobody else."""

from __future__ import annotations

from pathlib import Path

import pytest

from .watch_service import POLICY, items, observe, served, watch_settings

KINDS = (
    POLICY.replace("record Person", "enum Region { north { beijing hebei } south }\nrecord Person")
    .replace("  line: money }", "  line: money  region: Region  rank: number }")
    .replace("event Return", "record Order { customer: Customer  region: Region }\nevent Return", 1)
    .replace(
        "amount: money  limit", "amount: money  region: Region  order: Order  rank: number limit"
    )
)
WHY = {"because": "paid in advance"}


@pytest.mark.parametrize(
    ("fact", "field", "may", "otherwise", "stated"),
    [
        ("region = region", "region: Region", "region = north", "region = hebei", "beijing"),
        (
            "order.region = region",
            "order: Order",
            "order.region = north",
            "order.region = hebei",
            {"region": "hebei"},
        ),
        (
            "order.customer.id",
            "order: Order",
            'order.customer.id = "c-1"',
            'order.customer.id = "c-9"',
            {"customer": {"id": "c-9"}},
        ),
        ("rank = rank", "rank: number", "rank = 1.5", "rank = 7", 7),
    ],
)
def test_the_held_fact_is_never_the_callers(
    tmp_path: Path, fact: str, field: str, may: str, otherwise: str, stated: object
) -> None:
    name = field.partition(":")[0]
    text = KINDS.replace("freeze release", f"freeze release by {fact}").replace(
        "  note: text\n", f"  {field}\n"
    )
    right = "controller may approve when held_days <= 30"
    text = text.replace(right, f"controller may approve when {otherwise}").replace(
        "  director may approve\n}", f"  director may approve when {may}\n}}", 1
    )
    with served(watch_settings(tmp_path, text)) as service:
        told = observe(service, "o1", exposure=101, line=100, region="north", rank=1.5)
        assert told.status_code == 201, told.text
        (hold,) = items(service, "/v1/holds?stands=true")
        path = f"/v1/holds/{hold['id']}/lifting"
        chen, gao = service.client("chen.jing"), service.client("gao.yuan")
        refused = chen.post(path, json={**WHY, "facts": {name: stated}})
        assert refused.status_code == 400, refused.text
        assert refused.json()["detail"] == f"facts.{name}: the service knows it"
        assert chen.post(path, json=WHY).status_code == 403
        assert len(items(service, "/v1/holds?stands=true")) == 1
        lifted = gao.post(path, json=WHY)
        assert lifted.status_code == 200, lifted.text


def test_a_key_that_nobody_knows_is_made_up_by_nobody(tmp_path: Path) -> None:
    """The hold binds everybody: who lifts it does not choose for whom."""
    text = KINDS.replace("freeze release", "freeze release by region = region")
    text = text.replace("  note: text\n", "  region: Region\n").replace(
        "controller may approve when held_days <= 30", "controller may approve when region = south"
    )
    with served(watch_settings(tmp_path, text)) as service:
        assert observe(service, "o1", exposure=101, line=100).status_code == 201
        (hold,) = items(service, "/v1/holds?stands=true")
        assert hold["value"] is None
        path = f"/v1/holds/{hold['id']}/lifting"
        chen = service.client("chen.jing")
        made_up = chen.post(path, json={**WHY, "facts": {"region": "south"}})
        assert made_up.status_code == 400, made_up.text
        missing = chen.post(path, json=WHY)
        assert missing.status_code == 400
        assert missing.json()["outcome"] == "incomplete"
        assert service.client("gao.yuan").post(path, json=WHY).status_code == 200


def test_nobody_lifts_what_holds_himself_or_sees_to_it(tmp_path: Path) -> None:
    """The manager's own breaches are told to managers, and freeze what he is paid."""
    text = (
        POLICY
        + """
event Breach "Breach" { id: text  date: date  who: Person }
action bonus "Bonus" { to: Person }
authority bonus { director may approve }
watch breaches "Breaches" on Breach by who { when 2 Breach within 30 days
  freeze bonus by to.id raise warning to manager }
"""
    )
    text = text.replace("  director may approve\n}", "  anyone may approve\n}", 1)
    with served(watch_settings(tmp_path, text.replace("  note: text\n", ""))) as service:
        for id in ("b1", "b2"):
            facts = {"id": id, "date": "2026-02-09", "who": "li.wei"}
            body = {"event": "Breach", "facts": facts}
            assert service.client("shop").post("/v1/events", json=body).status_code == 201
        (hold,) = items(service, "/v1/holds?stands=true")
        assert (hold["fact"], hold["value"]) == ("to.id", "li.wei")
        li, gao = service.client("li.wei"), service.client("gao.yuan")
        refused = li.post(f"/v1/holds/{hold['id']}/lifting", json=WHY)
        assert refused.status_code == 403
        assert refused.json()["detail"] == "nobody lifts what holds himself"
        alert = f"/v1/alerts/{hold['alert']}"
        assert li.get(alert).status_code == 200
        refused = li.post(f"{alert}/closure", json={"note": "nothing happened"})
        assert refused.status_code == 403
        assert refused.json()["detail"] == "nobody sees to the alert about himself"
        assert gao.post(f"/v1/holds/{hold['id']}/lifting", json=WHY).status_code == 200


def test_the_same_key_is_told_the_same_lifting_again(tmp_path: Path) -> None:
    """Once: the hold is lifted no second time, and nothing more is recorded."""
    key = {"Idempotency-Key": "l-1"}
    with served(watch_settings(tmp_path, POLICY.replace("  note: text\n", ""))) as service:
        assert observe(service, "o1", exposure=101, line=100).status_code == 201
        (hold,) = items(service, "/v1/holds?stands=true")
        path, chen = f"/v1/holds/{hold['id']}/lifting", service.client("chen.jing")
        first, again = (chen.post(path, json=WHY, headers=key) for _ in range(2))
        assert (first.status_code, again.status_code) == (200, 200), first.text
        assert again.json() == first.json()
        assert again.headers["idempotency-replayed"] == "true"
        assert chen.post(path, json=WHY).status_code == 409
        assert len(items(service, "/v1/decisions")) == 1

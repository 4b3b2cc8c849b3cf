"""Every story under `examples/` happens as its README tells it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from fences import UPDATE, outputs, run_page

EXAMPLES = Path(__file__).parents[1] / "examples"
STORIES = sorted(page.parent for page in EXAMPLES.glob("*/README.md"))
EXPECTED = {
    "batch": (
        "remit decide . --action discount --batch march.csv --out answers.csv",
        "answers.csv",
    ),
    "impact": (
        "remit impact proposed.remit --old published.remit --against decisions.jsonl "
        "--list changed.csv",
        "changed.csv",
    ),
}
"""What writes the expected file of a story, and its name."""


@pytest.mark.parametrize("story", STORIES, ids=lambda s: s.name)
def test_a_story_happens_as_told(story: Path, tmp_path: Path) -> None:
    folder = tmp_path / story.name
    shutil.copytree(story, folder)
    if UPDATE:
        _expected_anew(story, folder)
    differing = list(run_page(story / "README.md", folder))
    assert not differing, "\n\n".join(differing)


def _expected_anew(story: Path, folder: Path) -> None:
    """The answers of some stories are a file of their own."""
    command, written = EXPECTED.get(story.name, ("", ""))
    if command:
        outputs([command], folder)
        for place in (story, folder):
            shutil.copy(folder / written, place / "expected.csv")


@pytest.mark.parametrize("story", STORIES, ids=lambda s: s.name)
def test_a_story_has_a_policy_and_a_place_in_the_list(story: Path) -> None:
    assert list(story.glob("*.remit"))
    assert f"({story.name}/README.md)" in (EXAMPLES / "README.md").read_text(encoding="utf-8")


def test_the_policies_are_in_the_one_layout() -> None:
    sound = [str(p) for p in EXAMPLES.rglob("*.remit") if p.name != "draft.remit"]
    shown, code = outputs([f"remit fmt --check {' '.join(sound)}", "echo $?"], EXAMPLES)
    assert code == "0", shown


def test_the_tour_of_make_run_ends_well() -> None:
    shown = subprocess.run(
        ["bash", str(EXAMPLES / "tour")],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={"PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin"},
        check=False,
        timeout=300,
    )
    assert shown.returncode == 0, shown.stdout[-2000:] + shown.stderr
    for heading in ("The rep", "The finance controller", "The policy administrator", "What next"):
        assert heading in shown.stdout

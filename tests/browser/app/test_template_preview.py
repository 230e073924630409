"""An author's look at a template in the browser while it is being written, by the command."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

pytestmark = pytest.mark.browser
POCKET = Path(__file__).parents[2] / "data" / "pocket"


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    return Path(shutil.copytree(POCKET, tmp_path / "pocket"))


@pytest.fixture
def address(bank: Path) -> Iterator[str]:
    command = [str(Path(sys.executable).with_name("maintplan")), "template", "preview", str(bank)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as shown:
        assert shown.stdout is not None
        yield shown.stdout.readline().rpartition(" ")[2].strip()
        shown.terminate()


def test_it_reloads_at_the_same_question_when_a_file_is_saved_and_says_what_is_wrong(
    browser: Browser, bank: Path, address: str
) -> None:
    page = browser.new_page()
    page.goto(address)
    expect(page.get_by_role("banner")).to_contain_text("Preview, nothing is saved")
    page.get_by_role("button", name=re.compile("^Rollout")).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("How is a release rolled out?")
    words = bank / "template.md"
    words.write_text(
        words.read_text("utf-8").replace("How is a release rolled out?", "Who goes first?"), "utf-8"
    )
    expect(page.get_by_role("heading", level=1)).to_have_text("Who goes first?")
    with (bank / "fields.yaml").open("a", encoding="utf-8") as fields:
        fields.write("\nnonsense: [")
    expect(page.get_by_role("alert").filter(has_text="fields.yaml:45")).to_be_visible()

    page.get_by_role("button", name=re.compile("^Recovery")).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("How is the service recovered?")
    without = re.sub(
        r"### Recovery\n.*?(?=^## )|^2\. .*?$", "", words.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL
    )
    words.write_text(without, "utf-8")
    (bank / "recommendations.yaml").write_text("[]\n", "utf-8")
    text = (bank / "fields.yaml").read_text("utf-8")
    (bank / "fields.yaml").write_text(text.partition("\nrecovery:")[0] + "\n", "utf-8")
    expect(page.get_by_role("button", name=re.compile("^Recovery"))).to_have_count(0)
    page.wait_for_load_state("networkidle")
    expect(page.get_by_text("Unknown step")).to_have_count(0)
    page.close()

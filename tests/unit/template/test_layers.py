"""An organisation's additions: laid over the template key by key, and refused where they fit nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from maintplan import template
from maintplan.errors import InputError
from maintplan.plan import Plan, Service, stand

POCKET = Path(__file__).parents[2] / "data" / "pocket"
RTO, COPIES = "recovery.recovery-targets.rto", "recovery.backups.copies"


def layered(folder: Path, **files: object) -> template.Template:
    """Load the pocket template with one layer that holds these files."""
    head = files.pop("template", {"name": "acme", "for": {"pocket": "1"}})
    (folder / "acme").mkdir(exist_ok=True)
    for name, data in {"template": head, **files}.items():
        (folder / "acme" / f"{name}.yaml").write_text(yaml.safe_dump(data), encoding="utf-8")
    return template.load(POCKET, layers=["acme"], beside=folder)


def consideration(question: str, name: str, **entry: object) -> dict[str, object]:
    return {question: {"considerations": {name: entry}}}


def states(bank: template.Template, tier: int) -> dict[str, str]:
    plan = Plan(bank, Service(name="notes", tier=tier))
    return {place: each.state for place, each in stand(plan).fields.items()}


def test_a_recommendation_of_the_layer_comes_with_its_own_source(tmp_path: Path) -> None:
    entry = {
        "at": "recovery.rto",
        "by_tier": {2: "2 hours"},
        "source": "Acme standard 7",
        "why": "We say so.",
    }
    found = layered(tmp_path, recommendations=[entry]).fields[RTO].recommendation
    assert found is not None
    assert found.by_tier == {1: "1h", 2: "2h"}
    assert [found.source_for(tier) for tier in (1, 2)] == ["own judgement", "Acme standard 7"]
    assert found.why_for(2) == "We say so."


def test_guidance_of_the_layer_is_added(tmp_path: Path) -> None:
    link = {"title": "Our standard", "url": "https://acme.example/7"}
    entry = consideration("recovery", "backups", guidance="Ask the platform team.", more=[link])
    found = next(each for each in layered(tmp_path, fields=entry).considerations if each.id == "backups")
    assert found.guidance.endswith("Ask the platform team.")
    assert [each.title for each in found.more] == ["Our standard"]


def test_a_consideration_that_the_layer_requires_is_asked_of_everybody(tmp_path: Path) -> None:
    assert states(template.load(POCKET), 3)[COPIES] == "not_asked"
    bank = layered(tmp_path, fields=consideration("recovery", "backups", require=True))
    assert states(bank, 3)[COPIES] == "missing"
    assert states(bank, 3)["recovery.backups.note"] == "missing"


def test_a_field_that_the_layer_hides_is_asked_of_nobody(tmp_path: Path) -> None:
    entry = consideration("recovery", "recovery-targets", fields={"rto": {"hide": True}})
    bank = layered(tmp_path, fields=entry)
    assert states(bank, 1)[RTO] == "not_asked"
    assert states(bank, 1)["recovery.recovery-targets.rpo"] == "missing"
    hidden = layered(tmp_path, fields=consideration("recovery", "recovery-targets", hide=True))
    plan = Plan(hidden, Service(name="notes", tier=1))
    assert stand(plan).considerations["recovery.recovery-targets"] == "not_asked"


def test_a_layer_changes_from_which_tier_a_field_is_asked(tmp_path: Path) -> None:
    entry = consideration("recovery", "backups", fields={"copies": {"asked": {"tier": 3}}})
    assert states(layered(tmp_path, fields=entry), 3)[COPIES] == "missing"


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"fields": consideration("recovry", "backups", hide=True)}, "did you mean recovery?"),
        ({"fields": consideration("recovery", "backup", hide=True)}, "did you mean backups?"),
        (
            {"fields": consideration("recovery", "backups", fields={"copy": {"hide": True}})},
            "acme/fields.yaml:5, recovery.considerations.backups.fields.copy: unknown field 'copy'",
        ),
        ({"fields": consideration("recovery", "backups", require="often")}, "true or false"),
        ({"fields": consideration("recovery", "backups", hiden=True)}, "did you mean hide?"),
        (
            {"recommendations": [{"at": "recovery.rtoo", "value": "1h", "source": "x"}]},
            "unknown field 'recovery.rtoo'; did you mean recovery.rto?",
        ),
        (
            {"recommendations": [{"at": "recovery.rto", "value": "soon", "source": "x"}]},
            "acme/recommendations.yaml:3",
        ),
        ({"template": {"name": "acme", "for": {"other": "1"}}}, "the layer acme is not for pocket"),
        (
            {"template": {"name": "acme", "for": {"pocket": "2"}}},
            "the layer acme is for version 2 of pocket, not 1",
        ),
    ],
)
def test_an_entry_that_fits_nothing_is_an_error_with_its_line(
    tmp_path: Path, files: dict[str, object], said: str
) -> None:
    with pytest.raises(InputError) as caught:
        layered(tmp_path, **files)
    assert said in str(caught.value)
    assert caught.value.where.file
    assert caught.value.where.line
    assert caught.value.mend


def test_a_layer_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"there is no layer 'acmee'.*put its folder beside the plan file"):
        template.load(POCKET, layers=["acmee"], beside=tmp_path)

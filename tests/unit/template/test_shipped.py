"""The template that ships: the words are those that were given, and every consideration has its data."""

from __future__ import annotations

from pathlib import Path

import pytest

from maintplan import resources, template
from maintplan.plan import Plan, Service, stand

WORDS = Path(__file__).parents[2] / "data" / "maintenance-rollout-words.md"
BANK = template.load("maintenance-rollout")
CONSIDERATIONS = list(BANK.considerations)


def test_its_wording_is_the_given_one() -> None:
    shipped = resources.planning_templates() / "maintenance-rollout" / "template.md"
    assert shipped.read_bytes() == WORDS.read_bytes()


def test_every_line_of_the_words_is_part_of_the_template() -> None:
    said = [BANK.title, BANK.description, *BANK.produces, *(each.words for each in BANK.inputs)]
    for question in BANK.questions:
        said += [question.heading, f"Question {question.number}: {question.asks} {question.considers}"]
        said += [each.words for each in question.considerations]
    said += [f"{each.title}: {each.words}" for each in BANK.sections]
    said += [
        f'"{BANK.prompt.words}"',
        f"If No: {BANK.prompt.if_no}",
        f"If Yes: {BANK.prompt.if_yes}",
    ]
    for each in BANK.cross_cutting:
        said += [each.heading, *(item.words for item in each.items)]
    frame = {
        "Description",
        "What This Template Produces",
        "Inputs Required",
        "Maintenance & Rollout Questions (Ask One at a Time)",
        "Follow-up considerations:",
        "Confirmation & Summary",
        "After gathering responses to all questions, provide a comprehensive summary including:",
        "Validation Prompt",
    }
    lines = [line.replace("*", "").lstrip("#-0123456789. ") for line in WORDS.read_text().splitlines()]
    assert [line for line in lines if line and line not in said and line not in frame] == []


def test_it_has_ten_questions_of_six_considerations_and_ten_sections() -> None:
    assert [len(each.considerations) for each in BANK.questions] == [6] * 10
    assert [each.number for each in BANK.questions] == list(range(1, 11))
    assert [each.question for each in BANK.sections] == [each.id for each in BANK.questions]
    assert [len(each.items) for each in BANK.cross_cutting] == [5, 5]


@pytest.mark.parametrize("each", CONSIDERATIONS, ids=lambda each: each.place)
def test_every_consideration_has_fields_and_guidance(each: template.Consideration) -> None:
    assert len(each.fields) >= 2
    assert len(each.guidance.split()) >= 10
    assert len(each.good.split()) >= 8
    assert each.more
    assert all(link.title and link.url.startswith("https://") for link in each.more)
    assert all(field.label for field in each.fields)
    assert all(column.label for field in each.fields for column in field.spec.columns)


def test_no_two_considerations_have_the_same_guidance() -> None:
    assert len({each.guidance for each in CONSIDERATIONS}) == len(CONSIDERATIONS)
    assert len({each.good for each in CONSIDERATIONS}) == len(CONSIDERATIONS)


def test_every_kind_of_value_is_used() -> None:
    kinds = {field.kind for field in BANK.fields.values()}
    kinds |= {column.kind for field in BANK.fields.values() for column in field.spec.columns}
    assert kinds == {
        *("text", "markdown", "boolean", "choice", "several", "integer", "number", "percent", "duration"),
        *("date", "schedule", "url", "version", "table", "reference"),
    }


def asked(tier: int, stage: str) -> int:
    plan = Plan(BANK, Service(name="x", tier=tier, stage=stage))  # type: ignore[arg-type]
    return sum(each.field.asks(tier, stage) for each in stand(plan).fields.values())


@pytest.mark.parametrize(
    ("tier", "stage", "least", "most"),
    [
        (3, "prototype", 12, 16),  # a team of three, through in about twenty minutes
        (3, "production", 30, 42),
        (2, "production", 90, 115),
        (1, "production", 170, 195),
    ],
)
def test_how_much_is_asked_by_tier_and_stage(tier: int, stage: str, least: int, most: int) -> None:
    assert least <= asked(tier, stage) <= most


def test_a_more_critical_tier_and_a_later_stage_never_ask_less() -> None:
    for stage in ("prototype", "beta", "production", "retiring"):
        assert asked(1, stage) >= asked(2, stage) >= asked(3, stage)
    for tier in (1, 2, 3):
        assert asked(tier, "prototype") <= asked(tier, "beta") <= asked(tier, "production")


def test_a_prototype_is_asked_nothing_that_is_a_table_of_more_than_six_columns() -> None:
    fields = [each for each in BANK.fields.values() if each.asks(3, "prototype")]
    assert all(len(each.columns_for(3, "prototype")) <= 6 for each in fields)


def test_every_recommendation_names_its_source_and_reason() -> None:
    found = [each.recommendation for each in BANK.fields.values() if each.recommendation]
    assert len(found) >= 100
    assert all(each.source.strip() and each.why.strip() for each in found)


def test_recommendations_are_computed_for_all_tiers_and_stored_for_none() -> None:
    for tier in (1, 2, 3):
        plan = Plan(BANK, Service(name="x", tier=tier))
        states = {each.state for each in stand(plan).fields.values()}
        assert "recommended" in states
        assert "decided" not in states
        assert plan.answers == {}

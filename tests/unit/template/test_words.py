"""A planning template's words: any Markdown of the shape is read, anything else refused with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from maintplan import template
from maintplan.errors import InputError, MaintplanError, describe

DATA = Path(__file__).parents[2] / "data"
WORDS = (DATA / "maintenance-rollout-words.md").read_text(encoding="utf-8")


@pytest.fixture
def small() -> template.Template:
    """A template of two questions, whose Markdown goes to the edges of the shape."""
    return template.load(DATA / "small-words.md")


def refused(folder: Path, text: str) -> str:
    """Load a text, which has to be refused, and return what is said, without the file's name."""
    path = folder / "ours.md"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        template.load(path)
    assert caught.value.exit_code == 2
    lines = describe(caught.value).splitlines()
    assert all(line.startswith(f"{path}") for line in lines)
    return "\n".join(line.removeprefix(str(path)) for line in lines)


def without(text: str, first: str, after: str) -> str:
    """Return a text without the lines from one that begins so, up to one that begins otherwise."""
    start = text.index(first)
    return text[:start] + text[text.index(after, start) :]


def line_of(text: str, words: str) -> int:
    return text[: text.index(words)].count("\n") + 1


def test_the_words_around_the_questions(small: template.Template) -> None:
    assert small.name == "small-words"
    assert small.title == "Small plan"
    assert small.description.endswith("And a paragraph with code & emphasis.")
    assert small.produces == ("A list of things",)
    assert [each.id for each in small.inputs] == ["alert-rules", "alert-rules-2"]
    assert [(each.title, each.words, each.question) for each in small.sections] == [
        ("First part", "all of it", "first"),
        ("Second part", "", "second-last"),
    ]
    assert (small.prompt.words, small.prompt.if_no, small.prompt.if_yes) == (
        "Is this complete?",
        "refine it",
        "go on",
    )
    assert [each.id for each in small.cross_cutting] == ["fairness"]
    assert [each.words for each in small.cross_cutting[0].items] == ["Fair to all", "<b>Bold</b>"]


def test_questions_may_have_any_number_and_any_number_of_considerations(small: template.Template) -> None:
    assert [(each.number, each.heading) for each in small.questions] == [(1, "First"), (7, "Second & last")]
    first, last = small.questions
    assert (first.asks, first.considers) == (
        "What is done?",
        "Consider the usual. A word more, after the list.",
    )
    assert [each.words for each in first.considerations] == ["Alpha", "Beta", "Gamma"]
    assert [each.id for each in last.considerations] == ["ci-cd", "ci-cd-2", "ci-cd-3"]


def test_a_nested_list_is_guidance_to_the_point_above_it(small: template.Template) -> None:
    alpha = small.questions[0].considerations[0]
    assert alpha.guidance == "- alpha one\n- alpha two (deep)"


def test_a_consideration_without_fields_is_asked_for_free_text(small: template.Template) -> None:
    fields = list(small.fields.values())
    assert {(each.id, each.kind) for each in fields} == {("text", "markdown")}
    assert all(each.asks(tier, stage) for each in fields for tier in (1, 2, 3) for stage in template.STAGES)


def test_everything_works_with_windows_line_ends_and_a_byte_order_mark(
    tmp_path: Path, small: template.Template
) -> None:
    path = tmp_path / "small-words.md"
    text = (DATA / "small-words.md").read_text(encoding="utf-8").replace("\n", "\r\n")
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    again = template.load(path)
    assert again.questions == small.questions
    assert again.prompt == small.prompt


@pytest.mark.parametrize(
    ("first", "after", "what"),
    [
        ("## Description", "## What", "the description"),
        ("## What This", "## Inputs", "what the template produces"),
        ("## Inputs", "## Maintenance", "the inputs required"),
        ("## Maintenance &", "## Confirmation", "the questions"),
        ("## Confirmation", "## Validation", "the summary sections"),
        ("## Validation", "## Security", "the validation prompt"),
    ],
)
def test_a_part_that_is_lacking_is_named(tmp_path: Path, first: str, after: str, what: str) -> None:
    text = without(WORDS, first, after)
    end = text.rstrip("\n").count("\n") + 1
    assert f":{end}: the part with {what} is missing" in refused(tmp_path, text)


def test_a_number_that_is_asked_twice_is_named_with_both_lines(tmp_path: Path) -> None:
    text = WORDS.replace("Question 4:", "Question 3:")
    first, second = line_of(WORDS, "**Question 3:"), line_of(WORDS, "**Question 4:")
    assert f":{second}: question 3 is asked twice, first in line {first}" in refused(tmp_path, text)


@pytest.mark.parametrize(
    ("broken", "line", "said"),
    [
        (without(WORDS, "- Semantic", "\n### Database"), "**Question 2:", "question 2 has no follow-up"),
        (without(WORDS, "**Question 5:", "\n*Follow"), "### Performance Opt", "no question stands under"),
        (without(WORDS, "If **No:**", "If **Yes"), "## Validation", "needs its question, 'If No:'"),
        (without(WORDS, "- Maintenance runbook", "\n## Inputs"), "## What This", "has no list under it"),
        (without(WORDS, "This template", "\n## What"), "## Description", "'Description' is empty"),
        (WORDS.replace("- Roll", "- \x07Roll"), "- \x07Roll", "the control character U+0007"),
    ],
)
def test_what_is_not_in_its_shape_is_named_with_its_line(
    tmp_path: Path, broken: str, line: str, said: str
) -> None:
    at = line_of(broken, line) if line in broken else 1
    assert f":{at}: " in (words := refused(tmp_path, broken))
    assert said in words


@pytest.mark.parametrize("text", ["", "Buy milk.\n", "# A title alone\n", "## A heading alone\n- x\n"])
def test_what_is_no_template_at_all_is_refused(tmp_path: Path, text: str) -> None:
    assert refused(tmp_path, text).startswith(":1: this is no planning template")


def test_all_that_is_wrong_is_said_at_once_by_line(tmp_path: Path) -> None:
    text = without(WORDS.replace("Question 4:", "Question 3:"), "## Validation", "## Security")
    found = refused(tmp_path, text).splitlines()
    assert ["asked twice" in found[0], "validation prompt is missing" in found[1]] == [True, True]


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "latin.md").write_bytes("# Wartung\n\nfür alle\n".encode("latin-1"))
    with pytest.raises(MaintplanError, match=r"latin\.md:3: the file is not UTF-8; save it as UTF-8"):
        template.load(tmp_path / "latin.md")
    with pytest.raises(InputError, match="there is no such template; check the path"):
        template.load(tmp_path / "gone.md")
    with pytest.raises(InputError, match=r"a template is a folder with a template\.md"):
        template.load(tmp_path)

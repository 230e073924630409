"""One value, one meaning: however it comes in, it gives the same plan or the same error."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maintplan import headless as execution
from maintplan import session, store, template, yamltext
from maintplan.cli import main
from maintplan.errors import MaintplanError, Problems
from maintplan.interview import headless
from maintplan.plan import Plan, Service
from maintplan.plan.stances import is_stance

DATA = Path(__file__).parents[2] / "data"
BANK = template.load(DATA / "pocket")
FIELDS = [each for each in BANK.fields.values() if each.kind != "table"]
STAGES = BANK.fields["rollout.rollout-stages.stages"]
NOW = dt.datetime(2026, 11, 23, 10, tzinfo=dt.UTC)
HEAD = 'maintplan: 1\ntemplate: {name: pocket, version: "1"}\nservice: {name: notes, tier: 1}\n'

LIKELY = [
    *(
        "4h",
        "1h 30m",
        "PT4H",
        "at once",
        "soon",
        "5",
        "5 %",
        "140",
        "-1",
        "1.10",
        "1.0",
        "007",
        "1e3",
        "12:30",
    ),
    *("true", "yes", "no", "on", "True", "null", "~", "", " ", " padded ", "a=b", "=", "a: b", "# x", "- x"),
    *("2026-12-01", "2026-02-30", "https://notes.example/a?b=c#d", "ftp:/x", "daily", "weekly on sunday"),
    *(
        "{every: week, days: [sun], time: '02:00'}",
        "{every: week, time: 2:00}",
        "[daily]",
        "{none: No data.}",
    ),
    *("{not_applicable: A toy.}", "{not_known_yet: {who: me, due: 2026-12-01}}", "{none: }", "ünïcode 🎉"),
]
TEXTS = st.sampled_from(LIKELY) | st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)
ROWS = [
    *("[{name: a}]", "[{name: a, percent: 5}, {name: b, percent: 5 %}]", "[{name: a, percent: 140}]"),
    *("[{name: a}, {name: a}]", "[{name: 007, bake_time: 1h}]", "[{nam: a}]", "[]", "[{percent: 5}]", "[a]"),
    *(
        "[{name: no, gate: yes}]",
        "- {name: a}",
        "{name: a}",
        "none",
        "[{name: a, bake_time: soon}]",
        "[",
        "{}",
    ),
]


Outcome = Mapping[str, Any] | list[tuple[str, str | None, str | None]]


def outcome(read: Callable[[], Plan]) -> Outcome:
    """Return the answers, or what is said to be wrong with the mend; the line is another one each time."""
    try:
        plan = read()
    except Problems as problems:
        return [(each.what, each.where.path, each.mend) for each in problems.problems]
    except MaintplanError as error:
        return [(error.what, error.where.path, error.mend)]
    return plan.answers


def nested(field: template.Field, value: object) -> dict[str, Any]:
    return {field.question: {"considerations": {field.consideration: {field.id: value}}}}


def text_of(answers: Mapping[str, Any]) -> str:
    """Write answers as YAML whose texts are quoted, so that each is what was given and nothing else."""
    return json.dumps(answers, ensure_ascii=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("same")


class Ways:
    """The ways in which a value comes in."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.patch = monkeypatch
        monkeypatch.setenv("MAINTPLAN_TEMPLATES", str(DATA))

    @property
    def fresh(self) -> Plan:
        return Plan(BANK, Service(name="notes", tier=1))

    def python(self, answers: Mapping[str, Any]) -> Plan:
        return headless.drive(self.fresh, answers=answers, when=NOW)

    def file_of_answers(self, text: str) -> Plan:
        path = self.folder / "answers.yaml"
        path.write_text(text, encoding="utf-8")
        return headless.drive(self.fresh, answers=str(path), when=NOW)

    def plan_file(self, text: str) -> Plan:
        path = self.folder / "plan.yaml"
        path.write_text(f"{HEAD}answers: {text}\n", encoding="utf-8")
        return store.open(path).plan

    def command(self, field: template.Field, text: str) -> Plan:
        """Set it on the command line, up to the parameters with which the notebook is executed."""
        (self.folder / "set.yaml").write_text(HEAD, encoding="utf-8")
        given: list[Mapping[str, Any]] = []

        class Stopped(Exception):
            pass

        def execute(_: Path, parameters: Mapping[str, Any], **_options: Any) -> None:
            given.append(parameters)
            raise Stopped

        self.patch.setattr(execution, "execute", execute)
        words = ["--debug", "run", str(self.folder / "set.yaml"), "-o", str(self.folder / "out")]
        with pytest.raises((Stopped, MaintplanError)) as stopped:
            main([*words, f"--set={field.place}={text}"])
        if isinstance(stopped.value, MaintplanError):
            raise stopped.value
        held = session.parameters(given[0])
        return headless.drive(self.fresh, answers=held.answers, when=NOW)


@pytest.fixture
def ways(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Ways:
    return Ways(folder, monkeypatch)


SETTINGS = settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@SETTINGS
@given(field=st.sampled_from(FIELDS), text=TEXTS)
def test_a_text_is_the_same_by_python_file_command_and_yaml(
    ways: Ways, field: template.Field, text: str
) -> None:
    same_everywhere(ways, field, text)


@pytest.mark.parametrize("text", ROWS)
def test_so_is_a_table(ways: Ways, text: str) -> None:
    same_everywhere(ways, STAGES, text)


def same_everywhere(ways: Ways, field: template.Field, text: str) -> None:
    answers = nested(field, text)
    expected = outcome(lambda: ways.python(answers))
    assert outcome(lambda: ways.plan_file(text_of(answers))) == expected
    assert outcome(lambda: ways.file_of_answers(text_of(answers))) == expected
    # On the command line nothing is set by nothing, and a stance is a text.
    if text.strip() and not text.lstrip().startswith(("{none", "{not_")):
        assert outcome(lambda: ways.command(field, text)) == expected


@pytest.mark.parametrize("text", LIKELY)
@pytest.mark.parametrize("field", FIELDS, ids=lambda each: each.id)
def test_a_value_without_quotes_in_a_file_is_what_it_is_on_the_command_line(
    ways: Ways, field: template.Field, text: str
) -> None:
    block = f"{field.question}:\n  considerations:\n    {field.consideration}:\n      {field.id}: {text}\n"
    try:
        said: Any = yamltext.read(block).data
    except MaintplanError:
        return  # it needs its quotes
    value = said[field.question]["considerations"][field.consideration][field.id]
    from_file = outcome(lambda: ways.file_of_answers(block))
    assert outcome(lambda: ways.python(nested(field, value))) == from_file
    structured = field.kind == "schedule" and isinstance(value, dict) and not is_stance(value)
    if (value == text and text.strip()) or structured:
        assert outcome(lambda: ways.command(field, text)) == from_file


@pytest.mark.parametrize("value", [7, 1000.0, True])
def test_what_python_or_papermill_has_turned_into_a_number_is_refused_where_text_is_declared(
    ways: Ways, value: object
) -> None:
    field = BANK.fields["rollout.release-notes.version"]
    with pytest.raises(MaintplanError) as caught:
        ways.python(nested(field, value))
    assert "where text is declared" in caught.value.what
    assert caught.value.where.path == field.place
    assert "quote" in (caught.value.mend or "")


def test_usual_parsers_of_yaml_agree_with_the_file(ways: Ways) -> None:
    """What another program writes with its own YAML library means the same here."""
    answers = nested(BANK.fields["rollout.release-notes.published"], True)  # noqa: FBT003
    assert outcome(lambda: ways.file_of_answers(yaml.safe_dump(answers))) == outcome(
        lambda: ways.python(answers)
    )

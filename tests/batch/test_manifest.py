"""Manifests: what is read, and what is refused with its line."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintplan.batch import manifest
from maintplan.errors import InputError, MaintplanError

RTO = "recovery.system-recovery-procedures.rto"


def written(folder: Path, text: str, name: str = "services.csv") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_the_same_rows_from_csv_excel_and_yaml(tmp_path: Path) -> None:
    csv = written(tmp_path, f"service,tier,{RTO}\ncheckout,1,4 hours\nsearch,,\n")
    yaml = written(
        tmp_path,
        f"services:\n  - {{service: checkout, tier: 1, {RTO}: 4 hours}}\n  - service: search\n",
        "m.yaml",
    )
    book = openpyxl.Workbook()
    book.active.append(["service", "tier", RTO, "recovery.recovery-testing-and-validation.last_restore_test"])  # type: ignore[union-attr]
    book.active.append(["checkout", 1, "4 hours", None])  # type: ignore[union-attr]
    book.active.append(["search", None, None, dt.datetime(2026, 3, 1)])  # type: ignore[union-attr]  # noqa: DTZ001
    book.save(tmp_path / "m.xlsx")
    for path in (csv, yaml, tmp_path / "m.xlsx"):
        first, second = manifest.read(path)
        assert (first.service, first.cells, first.places) == ("checkout", {"tier": "1"}, {RTO: "4 hours"})
        assert second.service == "search"
    assert list(second.places.values()) == ["2026-03-01"]


def test_semicolons_quotes_a_byte_order_mark_and_empty_lines(tmp_path: Path) -> None:
    text = '\ufeffservice;stage\n\n"a;b";beta\n'
    (row,) = manifest.read(written(tmp_path, text))
    assert (row.service, row.cells, row.number) == ("a;b", {"stage": "beta"}, 3)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "the manifest is empty"),
        ("service,tier\n", "the manifest names no service"),
        ("name,tier\nx,1\n", "no column service, only name, tier"),
        ("tier,stage\n1,beta\n", "no column service"),
        ("service,tierr\nx,1\n", "unknown column 'tierr'; did you mean tier?"),
        ("service\na\nb\na\n", "services.csv:4, service: the service 'a' stands in line 2 already"),
        ("service,tier\na,1\n,2\n", "services.csv:3, service: the row names no service"),
        ("service,service\na,b\n", "two columns are named 'service'"),
        ("service,\na,b\n", "2 cells"),
        ("service,tier\na,1,2\n", "the row has 3 cells, its head 2"),
        (f"service\n{'x' * 300}\n", "300 characters"),
        ("service\npay\x07ments\n", ":2, service: the control character U+0007"),
        ('service\n"a\n', "this is no CSV"),
    ],
)
def test_what_is_no_manifest_is_refused_with_its_line(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        manifest.read(written(tmp_path, text))
    assert words in str(caught.value)


@pytest.mark.parametrize("text", ["[]", "a: 1", "- x", "services: {}", "- [service]"])
def test_what_is_no_list_of_services_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError):
        manifest.read(written(tmp_path, text, "m.yaml"))


def test_a_folder_that_is_no_workbook(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="can't be read"):
        manifest.read(written(tmp_path, "no zip", "m.xlsx"))


@given(st.lists(st.text(min_size=1, max_size=200).filter(lambda text: text.strip()), min_size=1, max_size=20))
def test_any_names_get_folders_of_their_own_inside_the_output(
    tmp_path_factory: pytest.TempPathFactory, names: list[str]
) -> None:
    table = iter([(n + 2, {"service": name}) for n, name in enumerate(dict.fromkeys(map(str.strip, names)))])
    try:
        rows = manifest._rows(table, "m.csv")
    except MaintplanError:
        return
    folders = [row.folder for row in rows]
    assert len({each.casefold() for each in folders}) == len(rows)
    out = tmp_path_factory.getbasetemp()
    for each in folders:
        assert (out / each).resolve().parent == out.resolve()
        assert len(each.encode()) < 200
        assert not each.startswith(".")


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a/b", "..", "batch.json", "Con", ".hidden", "x" * 200, "🚀" * 100]
)
def test_names_that_are_no_folders_get_one(tmp_path: Path, name: str) -> None:
    (row,) = manifest.read(written(tmp_path, f"service\n{name}\n"))
    assert row.service == name
    made = tmp_path / row.folder
    made.mkdir()
    assert made.parent == tmp_path


def test_a_hundred_thousand_rows(tmp_path: Path) -> None:
    text = "service,tier\n" + "".join(f"service-{n},2\n" for n in range(100_000))
    assert len(manifest.read(written(tmp_path, text))) == 100_000

"""Read a planning template from its folder, or from a Markdown file alone, with layers laid over it.

The steps: the words from ``template.md``; each YAML file against its shape (`files`); the layers' entries
over the template's, key by key; then one `Template` out of both, checked as a whole: every entry fits a
question or consideration, every reference a table, every recommendation its field's kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from maintplan import fields, yamltext
from maintplan.documents import check, path_text
from maintplan.errors import InputError, MaintplanError, Problems, Where, unknown
from maintplan.template import files, find, markdown
from maintplan.template.model import (
    RESERVED,
    Approvals,
    Asked,
    Change,
    Consideration,
    CrossCutting,
    Deliverable,
    Field,
    Link,
    Question,
    Recommendation,
    Section,
    Show,
    Template,
)

M = TypeVar("M", bound=BaseModel)

FREE_TEXT = "text"
"""Id of the one field that a consideration has when ``fields.yaml`` says nothing about it."""


@dataclass
class _File:
    """A YAML file of the template with its layers laid over it; knows where each entry came from."""

    data: Any
    document: yamltext.Document
    over: list[tuple[tuple[str | int, ...], yamltext.Document]] = field(default_factory=list)

    def where(self, *path: str | int) -> Where:
        for prefix, document in reversed(self.over):
            if path[: len(prefix)] == prefix:
                return Where(document.name, document.line(path), path_text(path))
        return Where(self.document.name, self.document.line(path), path_text(path))


def load(name: str | Path, *, layers: Sequence[str] = (), beside: Path | None = None) -> Template:
    """Load a template by name or path.

    Parameters
    ----------
    name
        A template's name, its folder, or a Markdown file.
    layers
        Names or paths of an organisation's additions, the last one on top.
    beside
        The plan file's folder, where templates and layers are looked for first.

    Raises
    ------
    InputError
        When something is missing or wrong, with file, line and mend.
    """
    folder = find.template(str(name), beside)
    words_file = folder / "template.md" if folder.is_dir() else folder
    words = markdown.read(_text(words_file), str(words_file))
    source = _Source(folder if folder.is_dir() else None, [find.layer(each, beside) for each in layers])
    head = source.head(default=folder.stem if folder.is_file() else folder.name)
    source.check_layers(head)
    questions = tuple(_questions(words, source))
    template = Template(
        name=head.name,
        version=head.version,
        language=head.language,
        title=words.title,
        description=words.description,
        produces=words.produces,
        inputs=words.inputs,
        questions=questions,
        sections=tuple(_sections(words, questions)),
        prompt=words.prompt,
        cross_cutting=_cross_cutting(words),
        approvals=source.approvals(),
        deliverables=tuple(source.deliverables()),
        changes=source.changes(),
        layers=tuple(layers),
    )
    _check_references(template)
    _ = template.conditions  # compiled here, so that a wrong one is refused with its line
    return template


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        what = f"the template can't be read: {error.strerror}"
        raise InputError(what, Where(str(path)), "a template is a folder with a template.md") from None
    if len(data) > yamltext.MAX_BYTES:
        raise InputError(f"the file has {len(data)} bytes", Where(str(path)), "this is no planning template")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError("the file is not UTF-8", Where(str(path), line), "save it as UTF-8") from None


class _Source:
    """The YAML files of one template folder and its layers."""

    def __init__(self, folder: Path | None, layers: Sequence[Path]) -> None:
        self.folder = folder
        self.layers = layers
        self.fields = self._file("fields.yaml", "mapping")
        self.recommendations = list(self._recommendations())

    def _read(self, folder: Path | None, name: str, top: str = "mapping") -> yamltext.Document | None:
        if folder is None or not (folder / name).is_file():
            return None
        document = yamltext.read_file(folder / name, top=top)
        return document

    def head(self, default: str) -> files.TemplateFile:
        document = self._read(self.folder, "template.yaml")
        if document is None:
            return files.TemplateFile(name=markdown.slug(default))
        return check(files.TemplateFile, document.data, document)

    def check_layers(self, head: files.TemplateFile) -> None:
        for folder in self.layers:
            document = self._read(folder, "template.yaml")
            if document is None:
                raise InputError("a layer needs a template.yaml", Where(str(folder)), "say what it is `for`")
            entry = check(files.TemplateFile, document.data, document)
            fits = entry.layer_for or {}
            where = Where(document.name, document.line(("for",)), "for")
            if head.name not in fits:
                raise InputError(f"the layer {entry.name} is not for {head.name}", where, f"add {head.name}")
            if fits[head.name] != head.version:
                what = f"the layer {entry.name} is for version {fits[head.name]} of {head.name}, not {head.version}"
                raise InputError(what, where, f'check it against version {head.version}, then write "{head.version}"')

    def _file(self, name: str, top: str) -> _File | None:
        document = self._read(self.folder, name, top)
        if document is None:
            return None
        found = _File(document.data, document)
        check(files.FieldsFile, found.data, document)
        for folder in self.layers:
            layer = self._read(folder, name, top)
            if layer is not None:
                found.data = _laid_over(found, layer)
                check(files.FieldsFile, found.data, layer)
        return found

    def _recommendations(self) -> Iterator[tuple[files.RecommendationEntry, Where]]:
        for folder in (self.folder, *self.layers):
            document = self._read(folder, "recommendations.yaml", "list")
            if document is None:
                continue
            entries = check(files.RecommendationsFile, document.data, document).root
            for index, entry in enumerate(entries):
                yield entry, Where(document.name, document.line((index,)), entry.at)

    def _last(self, name: str, model: type[M]) -> tuple[M, yamltext.Document] | None:
        """The nearest layer's file replaces the ones below it."""
        for folder in (*reversed(self.layers), self.folder):
            document = self._read(folder, name)
            if document is not None:
                return check(model, document.data, document), document
        return None

    def approvals(self) -> Approvals:
        found = self._last("approvals.yaml", files.ApprovalsFile)
        if found is None:
            return Approvals({"service-owner": "Service owner"}, {tier: ("service-owner",) for tier in (1, 2, 3)})
        entry, document = found
        for tier, roles in entry.by_tier.items():
            for index, role in enumerate(roles):
                if role not in entry.roles:
                    path = ("by_tier", str(tier), index)
                    where = Where(document.name, document.line(path), path_text(path))
                    raise unknown("role", role, entry.roles, where)
        by_tier = {tier: tuple(roles) for tier, roles in entry.by_tier.items()}
        return Approvals(entry.roles, by_tier, entry.lapses_after)

    def deliverables(self) -> Iterator[Deliverable]:
        found = self._last("deliverables.yaml", files.DeliverablesFile)
        for name, entry in (found[0].root if found else {}).items():
            shows = () if entry.sections == "all" else tuple(entry.sections)
            yield Deliverable(
                id=name,
                title=entry.title,
                reader=entry.reader,
                purpose=entry.purpose,
                sections=tuple(
                    Show(each.show, each.title, tuple(each.names), each.steps, each.where) for each in shows
                ),
            )

    def changes(self) -> Mapping[str, tuple[Change, ...]]:
        found = self._last("changes.yaml", files.ChangesFile)
        result = {}
        for version, entries in (found[0].root if found else {}).items():
            changes = []
            for entry in entries:
                if entry.renamed:
                    changes.append(Change("renamed", entry.renamed.source, entry.renamed.to, entry.why))
                if entry.dropped:
                    changes.append(Change("dropped", entry.dropped, None, entry.why))
            result[version] = tuple(changes)
        return result


def _laid_over(file: _File, layer: yamltext.Document) -> Any:
    """Merge a layer's entries into the template's; an entry that fits nothing is an error."""

    def merge(base: Any, top: Any, path: tuple[str | int, ...]) -> Any:
        if not (isinstance(base, dict) and isinstance(top, dict)):
            file.over.append((path, layer))
            return top
        merged = dict(base)
        for key, value in top.items():
            inner = (*path, key)
            names_something = len(inner) in (1, 3, 5) or (len(inner) == 7 and inner[5] == "columns")
            if names_something and key not in base:
                kinds = {1: "question", 3: "consideration", 5: "field", 7: "column"}
                where = Where(layer.name, layer.line(inner), path_text(path) or None)
                raise unknown(kinds[len(inner)], key, base, where)
            if key in base:
                merged[key] = merge(base[key], value, inner)
            else:
                file.over.append((inner, layer))
                merged[key] = value
        return merged

    return merge(file.data, layer.data, ())


def _questions(words: markdown.Words, source: _Source) -> Iterator[Question]:
    entries, file = {}, source.fields
    if file is not None:
        entries = files.FieldsFile.model_validate(file.data).root
    slugs = markdown.unique(markdown.slug(question.heading) for question in words.questions)
    by_slug = _by_slug(words, slugs, entries, file)
    recommended = _recommended(source)
    places: dict[str, Field] = {}
    questions = []
    for asked, slug in zip(words.questions, slugs, strict=True):
        question_id, entry = by_slug.get(slug, (slug, None))
        points = markdown.unique(markdown.slug(point.words) for point in asked.points)
        if entry is not None and file is not None:
            for name in entry.considerations:
                if name not in points:
                    raise unknown("consideration", name, points, file.where(question_id, "considerations", name))
        considerations = tuple(
            _consideration(question_id, point_id, point, entry.considerations.get(point_id) if entry else None, file)
            for point_id, point in zip(points, asked.points, strict=True)
        )
        considerations = tuple(_recommending(each, recommended) for each in considerations)
        _check_unique(considerations)
        places.update({each.name: each for every in considerations for each in every.fields})
        questions.append(
            Question(question_id, slug, asked.number, asked.heading, asked.asks, asked.considers, considerations)
        )
    for name, found in recommended.items():
        if name not in places:
            raise unknown("field", name, places, found[-1][1])
    yield from questions


def _by_slug(
    words: markdown.Words, slugs: Sequence[str], entries: Mapping[str, files.QuestionEntry], file: _File | None
) -> dict[str, tuple[str, files.QuestionEntry]]:
    """Match the entries of ``fields.yaml`` with the questions: by heading, or by the heading's slug."""
    headings = {question.heading: slug for question, slug in zip(words.questions, slugs, strict=True)}
    found: dict[str, tuple[str, files.QuestionEntry]] = {}
    for name, entry in entries.items():
        assert file is not None
        if entry.heading is not None and entry.heading not in headings:
            raise unknown("heading", entry.heading, headings, file.where(name, "heading"))
        if entry.heading is None and name not in slugs:
            raise unknown("question", name, slugs, file.where(name))
        slug = headings[entry.heading] if entry.heading is not None else name
        if slug in found:
            raise InputError(f"{found[slug][0]} and {name} are the same question", file.where(name), "keep one")
        found[slug] = (name, entry)
    return found


def _consideration(
    question: str, slug: str, point: markdown.Point, entry: files.ConsiderationEntry | None, file: _File | None
) -> Consideration:
    nested = "\n".join(f"- {words}" for words in point.nested)
    if entry is None or not entry.fields or file is None:
        spec = fields.Spec(kind="markdown", id=FREE_TEXT, label=point.words)
        only = Field(spec, question, slug, asked=Asked(), retiring=True)
        guidance = "\n\n".join(part for part in (entry.guidance if entry else "", nested) if part)
        return Consideration(slug, question, point.words, (only,), guidance=guidance)
    return Consideration(
        id=slug,
        question=question,
        words=point.words,
        fields=tuple(
            _field(question, slug, name, each, file, required=entry.require)
            for name, each in entry.fields.items()
        ),
        guidance="\n\n".join(part for part in (entry.guidance, nested) if part),
        good=entry.good,
        more=tuple(Link(link.title, link.url) for link in entry.more),
        when=entry.when,
        hidden=entry.hide,
        where=file.where(question, "considerations", slug),
    )


def _field(
    question: str, slug: str, name: str, entry: files.FieldEntry, file: _File, *, required: bool
) -> Field:
    path = (question, "considerations", slug, "fields", name)
    if name in RESERVED or not name.isidentifier() or name != name.lower():
        what = f"{name!r} can't be the id of a field"
        raise InputError(what, file.where(*path), "use snake_case, and none of: " + ", ".join(sorted(RESERVED)))
    columns = tuple(
        _spec(column_id, column, file, (*path, "columns", column_id))
        for column_id, column in (entry.columns or {}).items()
    )
    spec = _spec(name, entry, file, path, columns)
    asked = Asked(entry.asked.tier, entry.asked.stage) if entry.asked else None
    return Field(
        spec=spec,
        question=question,
        consideration=slug,
        asked=asked,
        when=entry.when,
        retiring=entry.retiring,
        help=entry.help,
        says=entry.says,
        mono=frozenset(each for each, column in ((name, entry), *(entry.columns or {}).items()) if column.mono),
        columns_asked={
            name: Asked(each.asked.tier, each.asked.stage)
            for name, each in (entry.columns or {}).items()
            if each.asked
        },
        columns_when={name: each.when for name, each in (entry.columns or {}).items() if each.when},
        required=required or entry.require,
        hidden=entry.hide,
        where=file.where(*path),
    )


def _spec(
    name: str,
    entry: files.ColumnEntry,
    file: _File,
    path: tuple[str, ...],
    columns: tuple[fields.Spec, ...] = (),
) -> fields.Spec:
    if entry.kind not in fields.KINDS:
        raise unknown("kind", entry.kind, fields.KINDS, file.where(*path, "kind"))
    options = entry.options or {}
    if isinstance(options, list):
        options = {option: option for option in options}
    if entry.kind in ("choice", "several") and not options:
        raise InputError(f"a {entry.kind} needs its options", file.where(*path), "add options: {id: Label}")
    if entry.kind == "reference" and not entry.to:
        raise InputError("a reference needs its table", file.where(*path), "add to: question.table")
    key = row = None
    if isinstance(entry, files.FieldEntry):
        key, row = entry.key, entry.row
        if entry.kind == "table":
            ids = [column.id for column in columns]
            if not ids:
                raise InputError("a table needs columns", file.where(*path), "add columns: {name: {...}}")
            key = key or ids[0]
            if key not in ids:
                raise unknown("column", key, ids, file.where(*path, "key"))
    return fields.Spec(
        kind=entry.kind,
        id=name,
        label=entry.label,
        options=options,
        unit=entry.unit,
        min=entry.min,
        max=entry.max,
        key=key,
        row=row,
        columns=columns,
        to=entry.to,
    )


def _recommended(source: _Source) -> dict[str, list[tuple[files.RecommendationEntry, Where]]]:
    found: dict[str, list[tuple[files.RecommendationEntry, Where]]] = {}
    for entry, where in source.recommendations:
        found.setdefault(entry.at, []).append((entry, where))
    return found


def _recommending(
    consideration: Consideration, recommended: Mapping[str, list[tuple[files.RecommendationEntry, Where]]]
) -> Consideration:
    """Give each field its recommendation; a layer's entry is laid over the template's, tier by tier."""
    result = []
    for each in consideration.fields:
        by_tier: dict[int, Any] = {}
        last = None
        for entry, where in recommended.get(each.name, ()):
            raw = entry.by_tier if entry.by_tier is not None else dict.fromkeys((1, 2, 3), entry.value)
            for tier, value in raw.items():
                try:
                    by_tier[tier] = fields.parse(value, each.spec)
                except MaintplanError as error:
                    raise error.at(where) from None
            last = entry
        if last is not None:
            recommendation = Recommendation(by_tier, last.source, last.why)
            result.append(replace(each, recommendation=recommendation))
        else:
            result.append(each)
    return replace(consideration, fields=tuple(result))


def _check_unique(considerations: Sequence[Consideration]) -> None:
    seen: dict[str, Field] = {}
    for consideration in considerations:
        for each in consideration.fields:
            if each.id != FREE_TEXT and each.id in seen:
                what = f"{each.id} stands twice in {each.question}"
                raise InputError(what, each.where, "a field's id is unique within its question")
            seen[each.id] = each


def _sections(words: markdown.Words, questions: Sequence[Question]) -> Iterator[Section]:
    """The summary's sections follow the questions in order; a section beyond them sums up none."""
    for index, (title, text) in enumerate(words.sections):
        yield Section(questions[index].id if index < len(questions) else "", title, text)


def _cross_cutting(words: markdown.Words) -> tuple[CrossCutting, ...]:
    ids = markdown.unique(markdown.slug(heading) for heading, _ in words.lists)
    return tuple(
        CrossCutting(each, heading, items) for each, (heading, items) in zip(ids, words.lists, strict=True)
    )


def _check_references(template: Template) -> None:
    problems: list[MaintplanError] = []
    tables = {name for name, each in template.named.items() if each.kind == "table"}
    for each, column, to in template.referring:
        if to not in tables:
            spot = Where(each.where.file, each.where.line, f"{each.place}.{column}" if column else each.place)
            problems.append(unknown("table", to, tables, spot))
    for deliverable in template.deliverables:
        for show in deliverable.sections:
            for name in (*show.names, *((show.steps,) if show.steps else ())):
                if name not in template.named:
                    spot = Where("deliverables.yaml", None, f"{deliverable.id}.{show.id}")
                    problems.append(unknown("field", name, template.named, spot))
    if problems:
        raise Problems(problems) if len(problems) > 1 else problems[0]

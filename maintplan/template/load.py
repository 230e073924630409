"""Read a planning template from its folder, or from a Markdown file alone, with layers laid over it.

The steps: the words from ``template.md``; each YAML file against its shape (`files`) with the layers'
entries over it (`layered`); then one `Template` out of all, checked as a whole: every entry fits a question
or consideration, every reference a table, every recommendation its field's kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from maintplan import yamltext
from maintplan.documents import gathered
from maintplan.errors import InputError, MaintplanError, Where
from maintplan.template import around, dating, drawing, find, handing, markdown, questions, references
from maintplan.template.layered import Sources
from maintplan.template.model import Question, Template
from maintplan.template.parts import CrossCutting, Section
from maintplan.template.recommending import recommending
from maintplan.template.slugs import slug, unique


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
        When something is missing or wrong, with file, line and mend; `Problems` for several.
    """
    folder = find.template(str(name), beside)
    alone = not folder.is_dir()
    words_file = folder if alone else folder / "template.md"
    words = markdown.read(_text(words_file), str(words_file))
    sources = Sources(None if alone else folder, tuple(find.layer(each, beside) for each in layers))
    head = sources.head(default=slug(folder.stem if alone else folder.resolve().name))
    sources.check_layers(head)
    problems: list[MaintplanError] = []
    bare = tuple(questions.Building(questions.read(sources), problems).questions(words))
    asked = tuple(recommending(bare, sources, problems))
    template = Template(
        name=head.name,
        version=head.version,
        language=head.language,
        title=words.title,
        description=words.description,
        produces=words.produces,
        inputs=words.inputs,
        questions=asked,
        sections=tuple(_sections(words, asked)),
        prompt=words.prompt,
        cross_cutting=_cross_cutting(words),
        approvals=around.approvals(sources, problems),
        layers=tuple(layers),
        sources=tuple(sources.folders),
    )
    problems.extend(references.problems(template))
    template = replace(
        template,
        pictures=tuple(drawing.pictures(sources, template, problems)),
        dates=dating.dates(sources, template, problems),
        next=handing.next_step(sources, template, problems),
    )
    template = replace(
        template,
        deliverables=tuple(around.deliverables(sources, template, problems)),
        changes=around.changes(sources, template, problems),
    )
    try:
        _ = template.conditions  # compiled here, so that a wrong one is refused with its line
    except MaintplanError as error:
        problems.append(error)
    if problems:
        raise gathered(problems)
    return template


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        what = f"the template can't be read: {(error.strerror or str(error)).lower()}"
        raise InputError(what, Where(str(path)), "a template is a folder with a template.md") from None
    if len(data) > yamltext.MAX_BYTES:
        raise InputError(
            f"the file has {len(data):,} bytes", Where(str(path)), "this is no planning template"
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError("the file is not UTF-8", Where(str(path), line), "save it as UTF-8") from None


def _sections(words: markdown.Words, asked: Sequence[Question]) -> Iterator[Section]:
    """Yield the summary's sections: they follow the questions in order; one beyond them sums up none."""
    for index, (title, text) in enumerate(words.sections):
        yield Section(asked[index].id if index < len(asked) else "", title, text)


def _cross_cutting(words: markdown.Words) -> tuple[CrossCutting, ...]:
    ids = unique(slug(heading) for heading, _ in words.lists)
    return tuple(
        CrossCutting(each, heading, items) for each, (heading, items) in zip(ids, words.lists, strict=True)
    )

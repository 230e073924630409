"""The lists behind a plan's sections."""

from __future__ import annotations

from maintplan import resources, store
from maintplan.plan import stand
from maintplan.summary import checks, markdown
from maintplan.summary.phrases import named


def test_what_does_not_apply_is_named_in_the_template_s_words() -> None:
    standing = stand(store.open(resources.example() / "plan.yaml").plan)
    [part] = checks.exceptions(standing)
    assert "| Responsible AI Considerations | The service has no AI component. |" in markdown.part(part)
    for each in standing.plan.template.cross_cutting:
        for item in each.items:
            said = named(standing, f"{each.id}.{item.id}")
            assert said.casefold() == f"{each.heading}, {item.words}".casefold()

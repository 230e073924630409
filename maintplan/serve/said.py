"""The sentences of the server itself: why there is no page, and that the notebook of one has failed."""

from __future__ import annotations

import json
from html import escape
from http import HTTPStatus

from maintplan import resources
from maintplan.widgets import assets, first
from maintplan.words import words


def notice() -> str:
    """Return what a page shows when its notebook fails; hidden until then."""
    said = words("en")
    return (
        '<div id="maintplan-stopped" role="alert" hidden style="margin-bottom: 1.5rem; padding: 1rem; '
        'border-left: 4px solid #b3261e; font: 16px/1.5 Inter, system-ui, sans-serif;">'
        f"<strong>{escape(said('server.failed.heading'))}.</strong> "
        f"{escape(said('server.failed.sentence'))} "
        f"<span data-reference>{escape(said('server.reference', reference=''))}</span></div>"
    )


def stopped(reference: str) -> str:
    """Return what ends a page that broke off: it shows the notice, with a reference."""
    script = (resources.app_template() / "stopped.js").read_text(encoding="utf-8")
    told = json.dumps({"reference": reference})
    return (
        f'<script type="application/json" class="maintplan-stopped">{told}</script><script>{script}</script>'
    )


def page(status: int, base_url: str, reference: str | None = None) -> str:
    """Return the page that says in a sentence why there is no other, and where to go from it."""
    said = words("en")
    other = "failed" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "404"
    key = str(status) if said.get(f"server.{status}.heading") else other
    there = {"403": "", "404": said("server.start")}
    values = {
        "heading": said(f"server.{key}.heading"),
        "sentence": said(f"server.{key}.sentence"),
        "reference": said("server.reference", reference=reference) if reference else "",
        "to": base_url if key in there else "",
        "there": there.get(key, said("server.again")),
    }
    text = (resources.app_template() / "message.html").read_text(encoding="utf-8")
    text = text.replace("/* fonts */", assets.fonts(f"{base_url}{first.FONTS}"))
    for name, value in values.items():
        text = text.replace("{{ " + name + " }}", escape(value))
    return text

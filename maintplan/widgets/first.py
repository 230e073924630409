"""The first HTML of the app: the frame, and the words of the question, before any kernel has said anything.

Pure strings from a plan that the server has opened, so that a page is readable at once; the walk's widget
then takes the place of it. The server puts `head` and `frame` where the page's template says
``maintplan:head`` and ``maintplan:first``.
"""

# ruff: noqa: E501 - an element is read best on one line
from __future__ import annotations

from html import escape
from itertools import groupby

from maintplan.interview import Interview, Step
from maintplan.plan.model import Plan
from maintplan.widgets import assets, frame, stepviews
from maintplan.widgets.app import beginning
from maintplan.words import Words, words

HEAD = "<!--maintplan:head-->"
FIRST = "<!--maintplan:first-->"
FONTS = "maintplan/fonts/"
"""Below the app's address: where the server serves the folder of the fonts (`maintplan.resources.fonts`)."""

_GROUPS = {"service": "begin", "inputs": "begin", "summary": "end", "confirm": "end"}
"""Steps that stand together in the rail, besides those of one kind."""

_THEME = (
    'try{const t=JSON.parse(localStorage.getItem("maintplan:theme"));'
    'if(t==="dark"||t==="light")document.documentElement.dataset.theme=t}catch{}'
)
_THEMED = 'document.getElementById("maintplan-app").dataset.theme=document.documentElement.dataset.theme??""'


def put(page: str, plan: Plan | None, question: str | None = None, base_url: str = "/") -> str:
    """Return a page, or its beginning, with head and frame in place of the template's marks."""
    return page.replace(HEAD, head(base_url), 1).replace(FIRST, first_html(plan, question), 1)


def head(base_url: str = "/") -> str:
    """Return what the page's head needs: fonts, style sheet, and the theme that was chosen before."""
    base = escape(f"{base_url.rstrip('/')}/{FONTS}")
    preload = "".join(
        f'<link rel="preload" href="{base}{name}.woff2" as="font" type="font/woff2" crossorigin>'
        for name in ("source-serif-4-latin-wght-normal", "inter-latin-wght-normal")
    )
    return f"<script>{_THEME}</script>{preload}<style>{assets.fonts(base)}{assets.style()}</style>"


def first_html(plan: Plan | None, question: str | None = None) -> str:
    """Return the frame with the words of the step that the page begins with.

    Parameters
    ----------
    plan
        The plan that the page's link asks for; None for the start page.
    question
        The step that it asks for, if any.
    """
    said = words(plan.template.language if plan is not None else "en")
    inside = _start(said) if plan is None else _plan(plan, question, said)
    return (
        f'<div id="maintplan-app" class="maintplan" aria-busy="true">{inside}</div><script>{_THEMED}</script>'
    )


def _start(said: Words) -> str:
    return (
        f'<header class="mp-top"><div class="mp-top-in"><span class="mp-brand">maintplan</span>{_loading(said)}</div></header>'
        '<div class="mp-columns-three"><main class="mp-plan"><div class="mp-head">'
        f'<h1 class="mp-question">{escape(said("app.ui.start_heading"))}</h1>'
        f'<p class="mp-lead">{escape(said("app.ui.start_lead"))}</p></div></main></div>'
    )


def _plan(plan: Plan, question: str | None, said: Words) -> str:
    interview = Interview(plan)
    interview = interview.go_to(beginning(interview, question))
    step = interview.step
    heading, lead, eyebrow, points = _words(interview, said)
    top = frame.header(interview, said)
    groups = groupby(interview.steps, key=lambda each: _GROUPS.get(each.kind, each.kind))
    rail = "".join(f"<ol>{''.join(_step(each, step.id, said) for each in group)}</ol>" for _, group in groups)
    names = "".join(
        '<section class="mp-consideration"><h2 class="mp-name"><span class="mp-fold">'
        f'<span class="mp-fold-name">{escape(point)}</span></span></h2></section>'
        for point in points
    )
    return (
        '<header class="mp-top"><div class="mp-top-in"><span class="mp-brand">maintplan</span>'
        f'<p class="mp-which"><strong>{escape(top["service"])}</strong> <span class="mp-about">{escape(top["about"])}</span></p>'
        f"{_loading(said)}</div></header>"
        f'<div class="mp-columns-three"><nav class="mp-rail" aria-label="{escape(said("app.ui.steps"))}">'
        f'<div class="mp-rail-in">{rail}</div></nav><main class="mp-plan"><div class="mp-head">'
        + (f'<p class="mp-eyebrow">{escape(eyebrow)}</p>' if eyebrow else "")
        + f'<h1 class="mp-question">{escape(heading)}</h1>'
        + (f'<p class="mp-lead">{escape(lead)}</p>' if lead else "")
        + f'</div><div class="mp-first-words">{names}</div></main></div>'
        '<footer class="mp-foot"><div class="mp-foot-in"><span class="mp-foot-says">&nbsp;</span>'
        '<span class="mp-button" style="visibility:hidden">&nbsp;</span></div></footer>'
    )


def _step(step: Step, here: str, said: Words) -> str:
    current = ' aria-current="step"' if step.id == here else ""
    return (
        f'<li><span class="mp-step"{current}><span class="mp-mark"></span>'
        f'<span class="mp-step-name">{escape(frame.short(step, said))}</span></span></li>'
    )


def _words(interview: Interview, said: Words) -> tuple[str, str, str, list[str]]:
    step = interview.step
    question = interview.question
    if question is not None:
        questions = [each for each in interview.steps if each.kind == "question"]
        number = [each.id for each in questions].index(step.id) + 1
        eyebrow = said("app.question.eyebrow", number=number, of=len(questions), heading=question.heading)
        points = [each.consideration.words for each in interview.asked_now()]
        return question.asks, question.considers, eyebrow, points
    if step.kind == "confirm":
        return stepviews.prompt(interview.plan), "", "", []
    if step.kind == "cross_cutting":
        lists = {each.id: each for each in interview.plan.template.cross_cutting}
        return (
            frame.short(step, said),
            said("app.cross_cutting.lead"),
            said("app.cross_cutting.eyebrow"),
            [item.words for item in lists[step.about].items],
        )
    points = [each.words for each in interview.plan.template.inputs] if step.kind == "inputs" else []
    return said(f"app.{step.kind}.heading"), said.get(f"app.{step.kind}.lead"), "", points


def _loading(said: Words) -> str:
    return f'<div class="mp-top-end"><span class="mp-loading" role="status">{escape(said("app.ui.loading"))}</span></div>'

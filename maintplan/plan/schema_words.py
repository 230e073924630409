"""What an editor says of the keys of a plan file, beside what the template says of its own.

One catalogue, by the path of the key; an item of a list or of a mapping with free keys stands under ``*``.
"""

from __future__ import annotations

from collections.abc import Mapping

TITLE = "Plan of {template}, version {version}"

KEYS: Mapping[str, str] = {
    "maintplan": "Number of the file format.",
    "template": "The question bank that this plan answers.",
    "template.name": "The template's name: {template}.",
    "template.version": "The version of it that the answers were written for: {version}.",
    "layers": "An organisation's additions to the template, the last one on top.",
    "inherits": "Other plan files whose answers flow in where this one has none; the first one wins.",
    "service": "The service that the plan is for.",
    "service.name": "Its name.",
    "service.tier": "How critical it is: 1 most critical, 2 important, 3 least. Decides what is asked.",
    "service.stage": "Where it is in its life. Decides what is asked.",
    "service.owner": "The team or person who owns it.",
    "service.description": "What it is for, in a sentence.",
    "service.runbook_base": "Address under which its runbooks lie.",
    "revision": "Counts saved revisions; written by the tools.",
    "inputs": "What the template needs before its questions can be answered well.",
    "inputs.*.status": "Whether it is there.",
    "inputs.*.references": "Files or addresses where it lies.",
    "inputs.*.note": "Anything to add, such as when it is due.",
    "answers": "The answers, question by question.",
    "answers.*.response": "The answer in a few paragraphs of Markdown, beside the typed values below.",
    "answers.*.considerations": "The follow-up considerations of this question.",
    "owner": "Who looks after this consideration.",
    "none": "There is none, and the reason. This is an answer, which the rules judge.",
    "not_applicable": "It does not apply, and the reason. It leaves every count and is always listed.",
    "not_known_yet": "Nobody knows yet: who finds it out, and by when. It stays open.",
    "not_known_yet.who": "Who finds it out.",
    "not_known_yet.due": "By when.",
    "not_known_yet.note": "What it waits for.",
    "cross_cutting": "The lists that go across all questions.",
    "cross_cutting.*.*.status": "Whether it is met.",
    "cross_cutting.*.*.not_applicable": "Why it does not apply.",
    "cross_cutting.*.*.note": "How it is met, or what is missing.",
    "cross_cutting.*.*.owner": "Who looks after it.",
    "cross_cutting.*.*.due": "By when it is met.",
    "accepted_risks": "Findings that the team decided to live with.",
    "accepted_risks.*.rule": "The rule that found it.",
    "accepted_risks.*.at": "The place that it was found at.",
    "accepted_risks.*.reason": "Why it is accepted.",
    "accepted_risks.*.by": "Who accepts it.",
    "accepted_risks.*.agreed_by": "Who agreed.",
    "accepted_risks.*.until": "The day on which it has to be looked at again.",
    "actions": "What is still to be done about a finding, a gap or a risk.",
    "actions.*.id": "A name of its own.",
    "actions.*.about": "The rule, or in a few words what it is about.",
    "actions.*.at": "The place that it is about.",
    "actions.*.owner": "Who does it.",
    "actions.*.due": "By when.",
    "actions.*.state": "How far it is.",
    "actions.*.ticket": "Where it is tracked.",
    "actions.*.note": "Anything to add.",
    "comments": "Remarks at places, and replies to them.",
    "comments.*.id": "A name of its own.",
    "comments.*.at": "The place that it is about.",
    "comments.*.re": "The comment that it replies to.",
    "comments.*.by": "Who wrote it.",
    "comments.*.when": "When it was written.",
    "comments.*.text": "What it says.",
    "comments.*.resolved": "Whether it is settled.",
    "provenance": "Where values came from, by place; written by the tools.",
    "provenance.*.source": "The kind of source.",
    "provenance.*.from": "The file and key, or the plan, that it came from.",
    "provenance.*.of": "Digest of the value; a row that no longer fits its value is void.",
    "provenance.*.let_stand": "Who looked at the value and let it stand.",
    "provenance.*.let_stand.by": "Who.",
    "provenance.*.let_stand.when": "When.",
    "offers": "Values that stand beside an answer until somebody takes or dismisses them.",
    "offers.*.at": "The place that it is for.",
    "offers.*.value": "The value.",
    "offers.*.source": "The kind of source.",
    "offers.*.from": "The file and key that it came from.",
    "retired": "Answers that a newer template has no place for, by their old place.",
    "rounds": "Each asking of the validation prompt.",
    "rounds.*.confirmed": "Yes (true) or No (false).",
    "rounds.*.by": "Who said it.",
    "rounds.*.role": "In which role.",
    "rounds.*.when": "When.",
    "rounds.*.identity": "How it is known who it was.",
    "rounds.*.feedback": "With a No: what to refine.",
    "rounds.*.reopen": "With a No: the questions to look at again.",
    "rounds.*.content": "Digest of what was said Yes to.",
    "rounds.*.seal": "The server's seal.",
    "approved": "The last approved revision.",
    "approved.revision": "Its number.",
    "approved.snapshot": "The file that holds it.",
    "status": "How far the plan is; worked out afresh whenever the file is read.",
}

GOOD = "What good looks like: {good}"
MORE = "Read more: {title}, {url}"
ASKED = "Asked from tier {tier} and stage {stage} on."
NEVER_ASKED = "Never asked; there for those who want to say more."
WHEN = "Only if {when}."
RECOMMENDED = "Recommended: {values}. Source: {source}."
FOR_TIER = "{value} (tier {tier})"
FOR_ALL = "{value}"

"""The colours that pictures are drawn in: those of the report on its light ground.

A picture holds plain colours, so that every program can show it. Where it stands inside a page, each colour
becomes the page's own variable, and the picture follows the page into the dark (`maintplan.figures.inline`).
Nothing is told apart by colour alone: what differs also differs in its outline, its place or its words.
"""

from __future__ import annotations

INK = "#1b1f23"
MUTED = "#5d646b"
HAIRLINE = "#e3e0d8"
RULE = "#8b8983"
ACCENT = "#0a5f73"
HIGH = "#a8271c"
MEDIUM = "#80560a"
DECIDED = "#2a6b3f"
RECOMMENDED = "#5a4a9c"
GROUND = "#fbfaf7"
SHADE = "#f3f1ec"

VARIABLES = {
    INK: "ink",
    MUTED: "muted",
    HAIRLINE: "hairline",
    RULE: "rule",
    ACCENT: "accent",
    HIGH: "high",
    MEDIUM: "medium",
    DECIDED: "decided",
    RECOMMENDED: "recommended",
    GROUND: "ground",
    SHADE: "code",
}
"""The names of the report's CSS variables, by colour."""

STANDS_IN = {
    INK: "currentColor",
    MUTED: "color-mix(in srgb, currentColor 72%, transparent)",
    HAIRLINE: "color-mix(in srgb, currentColor 16%, transparent)",
    RULE: "color-mix(in srgb, currentColor 50%, transparent)",
    ACCENT: "#2a8ba3",
    HIGH: "#d2483b",
    MEDIUM: "#b07a16",
    DECIDED: "#3f9459",
    RECOMMENDED: "#8474cf",
    GROUND: "transparent",
    SHADE: "color-mix(in srgb, currentColor 7%, transparent)",
}
"""What stands in for a colour on a page that is not ours, such as a notebook's, dark or light."""

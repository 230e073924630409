// A schedule: how often, and where it is known on which days, when and for how long.

import { html, say, useLayoutEffect, useRef, useState } from "./core.js";

const SHORT = ["daily", "weekly", "monthly", "quarterly", "yearly"];
const WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

function modeOf(value) {
  if (!value) return "";
  if (typeof value === "string") return value;
  return value.rrule ? "rule" : "set";
}

export function Schedule({ client, field, id, described, off, put }) {
  const wrong = field.wrong?.raw;
  const known = wrong !== undefined && wrong !== null ? wrong : field.edit;
  const held = put ? known : client.held(field.place, known);
  const [begun, setBegun] = useState(null);
  const mode = begun ?? modeOf(held);
  const parts = typeof held === "object" && held ? held : {};
  const send = put ?? ((raw) => client.type(field.place, "edit", { place: field.place, raw }, { now: true }));
  const choose = (event) => {
    const to = event.target.value;
    if (to === "set") { setBegun("set"); if (modeOf(held) !== "set") send({ every: "week" }); }
    else if (to === "rule") setBegun("rule");
    else { setBegun(null); send(to); }
  };
  const change = (key, value) => {
    const next = { ...(mode === "rule" ? { rrule: parts.rrule } : { every: parts.every ?? "week", days: parts.days }), time: parts.time, start: parts.start, for: parts.for, zone: parts.zone, [key]: value };
    if (key === "every") delete next.days;
    for (const each of Object.keys(next)) if (next[each] === undefined || next[each] === "" || (Array.isArray(next[each]) && !next[each].length)) delete next[each];
    if (mode === "rule") delete next.time; else delete next.start;
    if (mode === "rule" && !next.rrule) return;
    send(next);
  };
  const text = (key, label, more = {}) => html`<div><label class="mp-label mp-minor" for="${id}-${key}">${label}</label>
    <${Part} id="${id}-${key}" value=${parts[key] ?? ""} off=${off} change=${(value) => change(key, value.trim())} more=${more} /></div>`;
  const days = Array.isArray(parts.days) ? parts.days : [];
  return html`<div class="mp-schedule">
    <span class="mp-box mp-select"><select class="mp-input" id=${id} aria-label=${say("how_often")} aria-describedby=${described || null} disabled=${off} onChange=${choose}
      aria-invalid=${field.wrong ? "true" : null}>
      <option value="" selected=${mode === ""}>${say("choose")}</option>
      ${SHORT.map((each) => html`<option value=${each} selected=${mode === each}>${say(each)}</option>`)}
      <option value="set" selected=${mode === "set"}>${say("set_times")}</option>
      <option value="rule" selected=${mode === "rule"}>${say("by_rule")}</option>
    </select></span>
    ${mode === "set" && html`<div class="mp-schedule-parts">
      <div><label class="mp-label mp-minor" for="${id}-every">${say("every")}</label>
        <span class="mp-box mp-select"><select class="mp-input" id="${id}-every" disabled=${off} onChange=${(event) => change("every", event.target.value)}>
          ${["day", "week", "month"].map((each) => html`<option value=${each} selected=${(parts.every ?? "week") === each}>${say(each)}</option>`)}</select></span></div>
      ${(parts.every ?? "week") === "week" && html`<fieldset class="mp-days"><legend class="mp-label mp-minor">${say("on_days")}</legend>
        ${WEEK.map((each) => html`<label class="mp-day"><input type="checkbox" checked=${days.includes(each)} disabled=${off}
          onChange=${(event) => change("days", WEEK.filter((one) => (one === each ? event.target.checked : days.includes(one))))} /><span>${say(each)}</span></label>`)}</fieldset>`}
      ${parts.every === "month" && html`<div><label class="mp-label mp-minor" for="${id}-days">${say("on_days")}</label>
        <${Part} id="${id}-days" value=${days.join(", ")} off=${off} more=${{ placeholder: say("days_hint") }}
          change=${(value) => change("days", value.split(",").map((each) => each.trim()).filter(Boolean))} /></div>`}
      ${text("time", say("at_time"), { type: "time" })}${text("for", say("for_long"), { placeholder: "2 h" })}${text("zone", say("zone"), { placeholder: "Europe/Berlin" })}
    </div>`}
    ${mode === "rule" && html`<div class="mp-schedule-parts">
      ${text("rrule", say("rule"), { placeholder: "FREQ=WEEKLY;BYDAY=SU" })}${text("start", say("starts"), { placeholder: "2026-12-01" })}${text("for", say("for_long"), { placeholder: "2 h" })}${text("zone", say("zone"), { placeholder: "Europe/Berlin" })}
    </div>`}
    ${field.shown && mode !== "" && !SHORT.includes(mode) && html`<p class="mp-help">${field.shown}</p>`}
  </div>`;
}

/** One part of a schedule. While one is in it, it stays as it was typed: a time changes with every key that is pressed. */
function Part({ id, value, off, change, more }) {
  const ref = useRef(null);
  useLayoutEffect(() => {
    const box = ref.current;
    if (document.activeElement !== box && box.value !== value) box.value = value;
  });
  return html`<input class="mp-input" id=${id} ref=${ref} disabled=${off} onChange=${(event) => change(event.target.value)} ...${more} />`;
}

// The margin: a note stands in the document right after its field, so that it is read there; where there is room it
// is drawn in the margin, on the line of its field, joined to it by a hairline.

import { html, say, useEffect, useLayoutEffect, useRef, useState } from "./core.js";
import { formOf, useForm } from "./fields.js";

export function Notes({ client, place, notes, base }) {
  return notes.map((note) => html`<${Note} key=${note.id} client=${client} place=${place} note=${note} id="${base}-${note.id}" />`);
}

function Note({ client, place, note, id }) {
  const [why, setWhy] = useState(false);
  const [accepting, setAccepting] = useState(() => !!client.inForm(formOf("accept", note.id)));
  const off = client.view.read_only;
  const drawn = useRef(false);
  useLayoutEffect(() => { if (drawn.current) layNotes(client.root); drawn.current = true; }, [why, accepting]); // at first the page lays all
  const act = (name) => {
    const [what, rest] = name.includes(":") ? [name.slice(0, name.indexOf(":")), name.slice(name.indexOf(":") + 1)] : [name, ""];
    if (what === "stand") named(client, () => { client.act("stand", { places: [place] }); client.lead(place); });
    else if (what === "take") { client.act("take", { place }); client.lead(place); }
    else if (what === "go") { client.act("go", { place: rest }); client.lead(rest); }
    else if (what === "accept") setAccepting(true);
    else client.act("offer", { what, index: Number(rest) });
  };
  const going = note.actions.filter(([name]) => !off || name.startsWith("go:"));
  return html`<div role="note" class="mp-note" data-tone=${note.tone} data-for=${note.at ?? place} id=${id} aria-label=${say("note")}>
    <p class="mp-note-text">${note.head && html`<strong class="mp-tone">${note.head}</strong> `}${note.head ? html`<strong>${note.text}</strong>` : note.text}</p>
    ${note.detail && html`<p class="mp-note-detail">${note.detail}</p>`}
    ${why && html`<p class="mp-note-detail" id="${id}-why">${note.why}</p>`}
    ${(going.length > 0 || note.why) && !accepting && html`<div class="mp-commands">
      ${going.map(([name, label]) => html`<button type="button" class="mp-command" onClick=${() => act(name)}>${label}</button>`)}
      ${note.why && html`<button type="button" class="mp-command" aria-expanded=${why} aria-controls="${id}-why" onClick=${() => setWhy(!why)}>${say("why")}</button>`}
    </div>`}
    ${accepting && html`<${Accept} client=${client} place=${place} finding=${note.id} id=${id} done=${() => setAccepting(false)} />`}
  </div>`;
}

function Accept({ client, place, finding, id, done }) {
  const form = formOf("accept", finding);
  const { back, begun, keep, drop } = useForm(client, form);
  const box = useRef(null);
  const why = client.formWrong.get(form);
  useEffect(() => { if (!back || why) box.current?.focus(); }, [why]);
  const submit = (event) => {
    event.preventDefault();
    if (!client.sentOff.has(form)) client.sendOff(form, "accept", { finding, ...Object.fromEntries(new FormData(event.target)) }, place);
  };
  const leave = () => { client.formWrong.delete(form); drop(); done(); };
  const later = new Date(Date.now() + 90 * 86400000).toISOString().slice(0, 10);
  return html`<form class="mp-form" onSubmit=${submit} onInput=${keep} aria-label=${say("accept_title")}>
    <label class="mp-label" for="${id}-reason">${say("reason")}</label>
    <textarea class="mp-input mp-growing" id="${id}-reason" name="reason" rows="2" required defaultValue=${begun.get("reason") ?? ""}
      aria-describedby="${id}-refused" ref=${box}></textarea>
    <label class="mp-label" for="${id}-by">${say("accepted_by")}</label>
    <input class="mp-input" id="${id}-by" name="by" required defaultValue=${begun.get("by") ?? client.view.who} autocomplete="name" />
    <label class="mp-label" for="${id}-agreed">${say("agreed_by")}</label>
    <input class="mp-input" id="${id}-agreed" name="agreed_by" required defaultValue=${begun.get("agreed_by") ?? ""} placeholder=${say("agreed_hint")} autocomplete="off" />
    <label class="mp-label" for="${id}-until">${say("until")}</label>
    <input class="mp-input" id="${id}-until" name="until" type="date" required defaultValue=${begun.get("until") ?? later} />
    <p class="mp-wrong" id="${id}-refused" role="alert" hidden=${!why}>${why ?? ""}</p>
    <div class="mp-commands"><button class="mp-button mp-small">${say("accept_do")}</button>
      <button type="button" class="mp-command" onClick=${leave}>${say("cancel")}</button></div>
  </form>`;
}

/** Does something that the record wants a name for, and asks for the name where nobody has said one. */
export function named(client, then) {
  if (client.view.who) { then(); return; }
  client.dialog = { kind: "name", then };
  client.redraw();
}

const GAP = 18;

/**
 * Puts every note on the line of its field, below the one before where they would meet, and draws the hairlines.
 * Everything is measured before anything is moved, and only what changes is written: each look after a change would
 * have the browser lay out the page again.
 */
export function layNotes(root) {
  const plan = root.querySelector(".mp-plan");
  const lines = root.querySelector(".mp-lines");
  if (!plan || !lines) return;
  const notes = [...plan.querySelectorAll(".mp-note")];
  const wide = notes.length > 0 && getComputedStyle(plan).getPropertyValue("--margin").trim() === "1";
  if (!wide) {
    for (const note of notes) put(note, "top", "");
    if (lines.firstChild) lines.replaceChildren();
    put(plan, "minHeight", "");
    return;
  }
  const box = plan.getBoundingClientRect();
  const spots = notes.map((note) => {
    const field = note.closest(".mp-field, .mp-consideration");
    const marked = note.dataset.for && field?.querySelector(`[data-at="${CSS.escape(note.dataset.for)}"]`);
    const row = note.dataset.row && note.parentElement.querySelector(`tr[data-row="${CSS.escape(note.dataset.row)}"]`);
    const target = (row || marked) ?? field?.querySelector(".mp-input, .mp-stance, .mp-radios, table") ?? field ?? note;
    const at = target.getBoundingClientRect();
    return { note, y: at.top - box.top + Math.min(at.height / 2, 19), height: note.offsetHeight };
  });
  spots.sort((one, other) => one.y - other.y);
  let free = -Infinity;
  const drawn = spots.map(({ note, y, height }) => {
    const top = Math.max(y - 11, free);
    free = top + height + GAP;
    return { note, y, top, to: top + 11, tone: note.dataset.tone };
  });
  for (const { note, top } of drawn) put(note, "top", `${top}px`);
  put(plan, "minHeight", `${Math.max(free, 0)}px`);
  lines.setAttribute("height", String(Math.max(box.height, free, 0)));
  lines.replaceChildren(...drawn.map(({ y, to, tone }) => {
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", Math.abs(y - to) < 1 ? `M0 ${y}H44` : `M0 ${y}H14L26 ${to}H44`);
    path.dataset.tone = tone;
    return path;
  }));
}

function put(element, property, value) {
  if (element.style[property] !== value) element.style[property] = value;
}

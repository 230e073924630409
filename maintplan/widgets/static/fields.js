// Fields: a control for each kind of value, its label, what is wrong with it, and what else can be said.

import { html, say, useState, useEffect, useLayoutEffect, useRef } from "./core.js";
import { Notes } from "./margin.js";
import { Table } from "./table.js";
import { Schedule } from "./schedule.js";

const WIDE = new Set(["table", "markdown", "several", "schedule", "text"]);

export function same(one, other) { return JSON.stringify(one) === JSON.stringify(other); }

/** Keeps a text box in step with the kernel, except for what is under the fingers. */
export function useText(client, key, value, wrong) {
  const ref = useRef(null);
  useLayoutEffect(() => {
    const box = ref.current;
    if (!box || client.isPending(key)) return;
    if (wrong && wrong.raw == null) return; // too long to be sent back: it stands as it was typed
    const text = String(wrong ? wrong.raw : value ?? "");
    // Under the fingers the form stays as it was typed; it takes its usual form when the field is left.
    if (document.activeElement === box && box.dataset.typed) return;
    if (box.value !== text) box.value = text;
    grow(box);
  });
  return ref;
}

const sizes = typeof CSS !== "undefined" && CSS.supports("field-sizing", "content");
export function grow(box) {
  if (sizes || box?.tagName !== "TEXTAREA") return;
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight}px`;
}

/** Fits all boxes to their texts again, where the browser does not: their width has changed. */
export function growAll(root) {
  if (!sizes) root.querySelectorAll("textarea.mp-growing").forEach(grow);
}

/** The listeners of a text box: typed, left, given up. */
export function typing(client, key, name, more, value) {
  return {
    onInput: (event) => {
      event.target.dataset.typed = "1";
      grow(event.target);
      client.type(key, name, { ...more, raw: event.target.value });
    },
    onBlur: (event) => {
      delete event.target.dataset.typed;
      client.flush();
      client.redraw();
    },
    onKeyDown: (event) => {
      if (event.key === "Escape" && event.target.dataset.typed) {
        event.stopPropagation();
        delete event.target.dataset.typed;
        client.forget(key);
        event.target.value = String(value ?? "");
        client.type(key, name, { ...more, raw: event.target.value }, { now: true });
      } else if (event.key === "Enter" && event.target.tagName === "INPUT") {
        client.flush();
      }
    },
  };
}

export function Field({ client, field, off }) {
  const base = client.idOf(`f-${field.place.replace(/[^\w]+/g, "-")}`);
  const notes = client.view.notes[field.place] ?? [];
  const type = field.control.type;
  const group = type === "several" || (type === "choice" && field.control.yesno) || type === "schedule";
  const short = notes.filter((note) => note.tone !== "muted").map((note) => `${base}-${note.id}`);
  const described = [field.help && `${base}-help`, field.wrong && `${base}-wrong`, ...short].filter(Boolean).join(" ");
  const state = field.wrong ? "wrong" : field.waiting ? "waiting" : field.aside ? "aside" : "";
  const props = { client, field, id: base, described, off: off || field.aside };
  const tail = html`
    <${Wrong} id="${base}-wrong" wrong=${field.wrong} client=${client} at=${field.place} off=${off} />
    <${Notes} client=${client} place=${field.place} notes=${notes} base=${base} />`;
  const head = html`
    <span class="mp-label-text">${field.label}</span>
    ${field.waiting && html`<span class="mp-sr">, ${say("state_recommended")}</span>`}`;
  const help = field.help && html`<p class="mp-help" id="${base}-help">${field.help}</p>`;
  const wide = WIDE.has(type) || field.slot ? " mp-wide" : "";
  const other = html`<${Other} client=${client} place=${field.place} label=${field.label} off=${off} stance=${field.stance} base=${base} />`;
  const body = field.stance && !field.aside
    ? html`<${Stance} client=${client} place=${field.place} stance=${field.stance} off=${off} />`
    : html`<${Control} ...${props} />`;
  if (group && !field.stance) {
    return html`<div class="mp-field${wide}" data-place=${field.place} data-state=${state}>
      <fieldset class="mp-group" aria-describedby=${described || null}>
        <legend class="mp-label">${head}</legend>
        ${other}${help}${body}
      </fieldset>${tail}
    </div>`;
  }
  const label = type === "table" || field.stance || field.slot
    ? html`<h3 class="mp-label" id="${base}-label">${head}</h3>`
    : html`<label class="mp-label" for=${base} id="${base}-label">${head}</label>`;
  return html`<div class="mp-field${wide}" data-place=${field.place} data-state=${state}>
    <div class="mp-label-row">${label}${other}</div>${help}${body}${tail}
  </div>`;
}

export function Wrong({ id, wrong, client, at, off }) {
  return html`<p class="mp-wrong" id=${id} role="alert" hidden=${!wrong}>${wrong?.why ?? ""}</p>
    ${client && !off && wrong?.theirs !== undefined && html`<${Theirs} client=${client} at=${at} theirs=${wrong.theirs} box=${id.replace(/-wrong$/, "")} />`}`;
}

const QUOTED = 60;

/** What somebody else has saved while it was typed here: a choice between the two, or text to make one of both. */
function Theirs({ client, at, theirs, box }) {
  const choose = (which) => {
    if (which === "theirs") client.forget(at);
    client.act(which, { place: at });
    client.lead(at.replace(/#owner$/, ""));
    client.wanted.id = box;
  };
  return html`<div class="mp-theirs" role="group" aria-label=${say("theirs_is")}>
    ${(theirs.length > QUOTED || theirs.includes("\n")) && html`<p class="mp-minor">${say("theirs_is")}</p><blockquote tabindex="0">${theirs}</blockquote>`}
    <div class="mp-commands"><button type="button" class="mp-command" onClick=${() => choose("theirs")}>${say("use_theirs")}</button>
      <button type="button" class="mp-command" onClick=${() => choose("mine")}>${say("use_mine")}</button></div></div>`;
}

function Control(props) {
  const { client, field, id, described, off } = props;
  const { type } = field.control;
  if (field.slot) return html`<${Slot} client=${client} model=${field.slot} label="${id}-label" described=${described} wrong=${!!field.wrong} />`;
  if (type === "table") return html`<${Table} client=${client} field=${field} id=${id} off=${off} />`;
  if (type === "schedule") return html`<${Schedule} ...${props} />`;
  if (type === "several") return html`<${Several} ...${props} />`;
  if (type === "choice" && field.control.yesno) return html`<${YesNo} ...${props} />`;
  if (type === "choice" || type === "reference") return html`<${Pick} ...${props} />`;
  if (type === "markdown") {
    return html`<${Markdown} client=${client} id=${id} place=${field.place} name="edit" value=${field.edit} wrong=${field.wrong}
      described=${described} off=${off} invalid=${!!field.wrong} />`;
  }
  return html`<${Line} key=${field.place} client=${client} id=${id} at=${field.place} name="edit" more=${{ place: field.place }} value=${field.edit}
    wrong=${field.wrong} control=${field.control} described=${described} off=${off} />`;
}

/** One line of text: numbers, durations, addresses, dates. */
export function Line({ client, id, at, name, more, value, wrong, control = {}, described, off, placeholder, label, invalid }) {
  const ref = useText(client, at, value, wrong);
  const listen = typing(client, at, name, more, value);
  const date = control.type === "date" && !wrong;
  const common = {
    id, ref, disabled: off || undefined, placeholder, "aria-label": label, "aria-describedby": described || null,
    "aria-invalid": wrong || invalid ? "true" : null, autocomplete: "off", ...listen,
  };
  if (control.type === "text") return html`<textarea class="mp-input mp-growing" rows="1" ...${common}></textarea>`;
  return html`<span class="mp-box">
    <input class="mp-input${control.mono ? " mp-mono" : ""}" type=${date ? "date" : "text"} data-blank=${date && !value ? "" : null} inputmode=${control.mode ?? null} ...${common} />
    ${control.unit && html`<span class="mp-unit" aria-hidden="true">${control.unit}</span>`}
  </span>`;
}

function Pick({ client, field, id, described, off }) {
  const { options, lost } = field.control;
  const value = client.held(field.place, field.wrong ? field.wrong.raw : field.edit);
  const change = (event) => client.type(field.place, "edit", { place: field.place, raw: event.target.value }, { now: true });
  return html`<span class="mp-box mp-select">
    <select class="mp-input" id=${id} onChange=${change} disabled=${off} aria-describedby=${described || null}
      aria-invalid=${field.wrong || lost ? "true" : null} value=${value ?? ""}>
      <option value="" selected=${!value}>${field.control.type === "reference" ? say(options.length ? "pick" : "no_rows") : say("choose")}</option>
      ${options.map(([key, label]) => html`<option value=${key} selected=${key === value}>${key === lost ? say("gone_row", { value: label }) : label}</option>`)}
    </select></span>`;
}

function YesNo({ client, field, id, off }) {
  const put = (raw) => client.type(field.place, "edit", { place: field.place, raw }, { now: true });
  return html`<div class="mp-radios mp-row">
    ${["true", "false"].map((value) => html`<label class="mp-radio">
      <input type="radio" name=${id} id=${value === "true" ? id : undefined} value=${value} checked=${client.held(field.place, field.edit) === value} disabled=${off} onChange=${() => put(value)} />
      <span>${say(value === "true" ? "yes" : "no")}</span></label>`)}
  </div>`;
}

function Several({ client, field, id, off }) {
  const held = client.held(field.place, field.edit);
  const chosen = Array.isArray(held) ? held : [];
  const flip = (key, on) => {
    const raw = on ? [...chosen, key] : chosen.filter((each) => each !== key);
    client.type(field.place, "edit", { place: field.place, raw }, { now: true });
  };
  return html`<div class="mp-radios mp-columns">
    ${field.control.options.map(([key, label], index) => html`<label class="mp-radio">
      <input type="checkbox" id=${index ? undefined : id} checked=${chosen.includes(key)} disabled=${off} onChange=${(event) => flip(key, event.target.checked)} />
      <span>${label}</span></label>`)}
  </div>`;
}

/** Paragraphs in Markdown, with a look at what becomes of them. */
export function Markdown({ client, id, at, place, name, value, wrong, described, off, label, placeholder }) {
  const key = at ?? place;
  const [look, setLook] = useState(false);
  const ref = useText(client, key, value, wrong);
  const listen = typing(client, key, name, { place }, value);
  const shown = client.previews[key];
  useEffect(() => { if (look) client.act("preview", { place: key, text: ref.current?.value ?? value ?? "" }); }, [look, value]);
  return html`<div class="mp-markdown">
    <textarea class="mp-input mp-growing mp-prose-input" id=${id} ref=${ref} rows="3" hidden=${look} disabled=${off} placeholder=${placeholder}
      aria-label=${label} aria-describedby=${described || null} aria-invalid=${wrong ? "true" : null} ...${listen}></textarea>
    ${look && html`<div class="mp-preview mp-prose" tabindex="0" role="group" aria-label=${say("preview")}
      dangerouslySetInnerHTML=${{ __html: shown ?? "" }}></div>`}
    <button type="button" class="mp-command mp-quiet" aria-pressed=${look} onClick=${() => setLook(!look)}>${say(look ? "write" : "preview")}</button>
  </div>`;
}

const CONTROLS = "input, select, textarea, button, [role=slider], [role=spinbutton], [role=combobox]";

function nameControls(box, { label, described, wrong }) {
  for (const each of box.querySelectorAll(CONTROLS)) {
    const says = [each, ...(each.labels ?? [])].some((one) => one.textContent.trim() && one.tagName !== "SELECT");
    if (!says && !each.hasAttribute("aria-label") && !each.hasAttribute("aria-labelledby")) each.setAttribute("aria-labelledby", label);
    if (described) each.setAttribute("aria-describedby", described);
    else each.removeAttribute("aria-describedby");
    each.setAttribute("aria-invalid", String(wrong));
  }
}

/** A widget of another package, drawn by its own code. */
function Slot({ client, model, label, described, wrong }) {
  const ref = useRef(null);
  // It knows neither the field's label nor what is wrong with its value: its controls are told here, when they come.
  useEffect(() => {
    const name = () => nameControls(ref.current, { label, described, wrong });
    const comes = new MutationObserver(name);
    comes.observe(ref.current, { childList: true, subtree: true });
    name();
    return () => comes.disconnect();
  }, [label, described, wrong]);
  useEffect(() => {
    let view;
    let gone = false;
    const manager = client.model.widget_manager;
    (async () => {
      const inner = await manager.get_model(model);
      view = await manager.create_view(inner);
      if (gone || !ref.current) return view.remove();
      ref.current.append(view.luminoWidget?.node ?? view.pWidget?.node ?? view.el);
      view.displayed && view.trigger?.("displayed");
    })();
    return () => { gone = true; view?.remove(); };
  }, [model]);
  return html`<div class="mp-slot" ref=${ref} role="group" aria-labelledby=${label}></div>`;
}

// -------------------------------------------------------------------------------------------- instead of a value

const KINDS = ["none", "not_applicable", "not_known_yet"];

/** What else can be said of a field: there is none, it does not apply, it is not known yet. */
export function Other({ client, place, label, off, stance, base }) {
  const [kind, setKind] = useState(() => begunOf(client, place));
  const [open, setOpen] = useState(false);
  const ref = useRef(null);
  useEffect(() => {
    if (!open) return undefined;
    const away = (event) => { if (!ref.current?.contains(event.target)) setOpen(false); };
    document.addEventListener("pointerdown", away);
    return () => document.removeEventListener("pointerdown", away);
  }, [open]);
  if (off || stance) return null;
  const leave = (event) => {
    if (event.key !== "Escape" || !(open || kind)) return;
    event.stopPropagation();
    setOpen(false);
    if (kind) client.keepForm(formOf(place, kind), null);
    setKind(null);
    ref.current?.querySelector("button")?.focus();
  };
  return html`<div class="mp-other" ref=${ref} onKeyDown=${leave}>
    <button type="button" class="mp-dots" aria-expanded=${open} aria-label=${say("other", { label })} title=${say("other_short")}
      onClick=${() => setOpen(!open)}><span aria-hidden="true">⋯</span></button>
    ${open && html`<div class="mp-menu" role="group" aria-label=${say("other", { label })}>
      ${KINDS.map((each) => html`<button type="button" class="mp-menu-item" onClick=${() => { setOpen(false); setKind(each); }}>${say(each)}…</button>`)}
    </div>`}
    ${kind && html`<${StanceForm} client=${client} place=${place} kind=${kind} base=${base} done=${() => setKind(null)} />`}
  </div>`;
}

/** A form that is sent off by a button: until then what stands in it is this browser's, and comes back with the page. */
export function useForm(client, id) {
  const [back] = useState(() => client.inForm(id));
  return {
    back: !!back,
    begun: new URLSearchParams(back ?? []),
    keep: (event) => client.keepForm(id, [...new FormData(event.currentTarget)]),
    drop: () => client.keepForm(id, null),
  };
}

export function formOf(place, kind) { return `${place}:${kind}`; }

/** The form that somebody began for a place and did not send off. */
export function begunOf(client, place) { return KINDS.find((kind) => client.inForm(formOf(place, kind))) ?? null; }

/** Asks for the reason, or for the person and the date. */
export function StanceForm({ client, place, kind, held, done, base }) {
  const ref = useRef(null);
  const [lacks, setLacks] = useState(false);
  const { back, begun, keep, drop } = useForm(client, formOf(place, kind));
  useEffect(() => { if (!back) ref.current?.querySelector("input, textarea")?.focus(); }, []);
  const submit = (event) => {
    event.preventDefault();
    const given = Object.fromEntries(new FormData(event.target));
    if (kind !== "not_known_yet" && !given.reason.trim()) { setLacks(true); event.target.elements.reason.focus(); return; }
    client.sendOff(formOf(place, kind), "stance", { place, kind, ...given });
    client.lead(place);
    done();
  };
  const id = `${base ?? client.idOf(place.replace(/[^\w]+/g, "-"))}-${kind}`;
  const why = kind === "none" ? "none_why" : kind === "not_applicable" ? "not_applicable_why" : "note";
  return html`<form class="mp-form" ref=${ref} onSubmit=${submit} onInput=${keep} aria-label=${say(kind)}>
    ${kind === "not_known_yet" && html`<div class="mp-pair">
      <div><label class="mp-label" for="${id}-who">${say("who_finds_out")}</label>
        <input class="mp-input" id="${id}-who" name="who" defaultValue=${begun.get("who") ?? held?.who ?? ""} autocomplete="off" /></div>
      <div><label class="mp-label" for="${id}-due">${say("by_when")}</label>
        <input class="mp-input" id="${id}-due" name="due" type="date" aria-describedby="${id}-due-hint" defaultValue=${begun.get("due") ?? held?.due ?? ""} />
        <p class="mp-help" id="${id}-due-hint">${say("due_needed")}</p></div></div>`}
    <label class="mp-label" for="${id}-reason">${say(why)}</label>
    <textarea class="mp-input mp-growing" id="${id}-reason" name="reason" rows="2" aria-invalid=${lacks ? "true" : null}
      aria-describedby="${id}-lacks" defaultValue=${begun.get("reason") ?? held?.reason ?? ""}></textarea>
    <p class="mp-wrong" id="${id}-lacks" role="alert" hidden=${!lacks}>${lacks ? say("reason_needed") : ""}</p>
    <div class="mp-commands"><button class="mp-button mp-small">${say("say_it")}</button>
      <button type="button" class="mp-command" onClick=${() => { drop(); done(); }}>${say("cancel")}</button></div>
  </form>`;
}

function today() {
  const now = new Date();
  return new Date(now - now.getTimezoneOffset() * 60000).toISOString().slice(0, 10);
}

/** What was said instead of a value. */
export function Stance({ client, place, stance, off }) {
  const [change, setChange] = useState(() => !!client.inForm(formOf(place, stance.kind)));
  if (change) return html`<${StanceForm} client=${client} place=${place} kind=${stance.kind} held=${stance} done=${() => setChange(false)} />`;
  const about = [stance.who, stance.due && new Date(`${stance.due}T12:00`).toLocaleDateString([], { day: "numeric", month: "long", year: "numeric" }), stance.reason]
    .filter(Boolean).join(", ");
  const lacks = stance.kind !== "not_known_yet" ? [] : [!stance.who && "unnamed", !stance.due && "undated", stance.due && stance.due < today() && "overdue"].filter(Boolean);
  return html`<div class="mp-stance" tabindex="-1"><p><strong>${say(`is_${stance.kind}`)}.</strong> ${about}</p>
    ${lacks.map((each) => html`<p class="mp-lacks">${say(each)}</p>`)}
    ${!off && html`<div class="mp-commands">
      <button type="button" class="mp-command" onClick=${() => setChange(true)}>${say("change")}</button>
      <button type="button" class="mp-command" onClick=${() => { client.act("clear", { place }); client.lead(place); }}>${say("take_back")}</button></div>`}
  </div>`;
}

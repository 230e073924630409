// Each step of the walk.

import { html, say, day, useState, useEffect, useLayoutEffect, useRef } from "./core.js";
import { Field, Line, Markdown, Stance, StanceForm, Wrong, begunOf, formOf, useForm } from "./fields.js";
import { named } from "./margin.js";

export function Step({ client, view }) {
  const { step } = view;
  const Body = { service: Service, inputs: Inputs, question: Question, cross_cutting: Cross, summary: Summary, confirm: Confirm }[step.kind];
  return html`<${Body} key=${step.id} client=${client} view=${view} step=${step} off=${view.read_only} />`;
}

export function Head({ step }) {
  return html`<div class="mp-head">
    ${step.eyebrow && html`<p class="mp-eyebrow">${step.eyebrow}</p>`}
    <h1 class="mp-question" tabindex="-1">${step.heading}</h1>
    ${step.lead && html`<p class="mp-lead">${step.lead}</p>`}
  </div>`;
}

// -------------------------------------------------------------------------------------------- a question

function Question({ client, step, off }) {
  const { order, items } = step.considerations;
  if (step.only) return html`<${Only} client=${client} step=${step} off=${off} />`;
  return html`<${Head} step=${step} />
    ${step.feedback && html`<section class="mp-feedback" aria-label=${step.feedback.head}>
      <p class="mp-muted">${step.feedback.head}, ${day(step.feedback.when)}</p><blockquote>${step.feedback.text}</blockquote></section>`}
    ${step.nothing && html`<p class="mp-lead mp-empty">${step.nothing}</p>`}
    ${order.map((place) => html`<${Consideration} key=${place} client=${client} each=${items[place]} off=${off} />`)}
    <${OwnWords} client=${client} step=${step} off=${off} />`;
}

/** One consideration, or one field, by itself. */
function Only({ client, step, off }) {
  const each = step.considerations.items[step.considerations.order[0]];
  const field = step.only === "field" ? each?.fields.order[0] : null;
  const head = html`<p class="mp-eyebrow">${step.eyebrow}</p>`;
  if (!each || (step.only === "field" && !field)) return html`${head}<p class="mp-lead mp-empty">${say("not_asked_here")}</p>`;
  if (field && !each.stance) return html`${head}<div class="mp-fields mp-first"><${Field} client=${client} field=${each.fields.items[field]} off=${off} /></div>`;
  return html`${head}<section class="mp-consideration mp-flat" data-place=${each.place} data-open="1">
    <h2 class="mp-name mp-name-row"><span class="mp-fold-name">${each.words}</span><span class="mp-says" data-tone=${each.tone}>${each.says}</span></h2>
    <div class="mp-body"><${Open} client=${client} each=${each} off=${off} id=${client.idOf(`k-${each.place.replace(/[^\w]+/g, "-")}`)} /></div></section>`;
}

function OwnWords({ client, step, off }) {
  const [open, setOpen] = useState(!!step.response || !step.considerations.order.length);
  useLayoutEffect(() => { if (step.response) setOpen(true); }, [!!step.response]); // as a page that comes back brings it
  const id = client.idOf(`response-${step.question}`);
  const key = `${step.question}#response`;
  return html`<section class="mp-consideration" data-place=${key}>
    <h2 class="mp-name"><button type="button" class="mp-fold" aria-expanded=${open} onClick=${() => setOpen(!open)}>
      <span class="mp-fold-name">${say("own_words")}</span></button></h2>
    ${open && html`<div class="mp-body"><p class="mp-guidance" id="${id}-hint">${say("own_words_hint")}</p>
      <${Markdown} client=${client} id=${id} at=${key} place=${step.question} name="respond" value=${step.response} label=${say("own_words")}
        wrong=${step.response_wrong} described="${id}-hint ${id}-wrong" off=${off} />
      <${Wrong} id="${id}-wrong" wrong=${step.response_wrong} client=${client} at=${key} off=${off} /></div>`}
  </section>`;
}

const MEANT_OPEN = 500;

function Consideration({ client, each, off }) {
  const id = client.idOf(`k-${each.place.replace(/[^\w]+/g, "-")}`);
  const opened = useRef(0);
  useLayoutEffect(() => { if (each.open) opened.current = performance.now(); }, [each.open]);
  const toggle = (event) => {
    // Who clicks on it just as it opens by itself wants it open.
    const open = !each.open || performance.now() - opened.current < MEANT_OPEN;
    const header = event.currentTarget;
    client.anchor = { element: header, top: header.getBoundingClientRect().top };
    client.act("open", { place: each.place, open });
  };
  return html`<section class="mp-consideration" data-place=${each.place} data-open=${each.open ? "1" : null}>
    <h2 class="mp-name"><button type="button" class="mp-fold" aria-expanded=${each.open} aria-controls=${id} onClick=${toggle}>
      <span class="mp-fold-name">${each.words}</span><span class="mp-says" data-tone=${each.tone}>${each.says}</span></button></h2>
    ${!each.open && each.gist && html`<p class="mp-gist">${each.gist}</p>`}
    ${each.open && html`<div class="mp-body" id=${id}><${Open} client=${client} each=${each} off=${off} id=${id} /></div>`}
  </section>`;
}

function Open({ client, each, off, id }) {
  const [why, setWhy] = useState(false);
  const [more, setMore] = useState(false);
  const [kind, setKind] = useState(() => begunOf(client, each.place));
  const anything = !!each.good || each.links.length > 0;
  const owner = `${each.place}#owner`;
  const waiting = each.fields.order.filter((place) => each.fields.items[place].waiting);
  const details = each.more.order;
  const goal = (client.later?.wanted ?? client.wanted)?.place?.split("[")[0];
  useLayoutEffect(() => { if (details.includes(goal)) setMore(true); }, [goal]);
  return html`
    ${each.guidance && html`<p class="mp-guidance">${each.guidance} ${anything && html`<button type="button" class="mp-inline" aria-expanded=${why} aria-controls="${id}-why" onClick=${() => setWhy(!why)}>${say("why_sources")}</button>`}</p>`}
    ${why && html`<div class="mp-why" id="${id}-why">
      ${each.good && html`<p><strong>${say("good")}.</strong> ${each.good}</p>`}
      ${each.links.length > 0 && html`<ul>${each.links.map(([title, url]) => html`<li><a href=${safe(url)} target="_blank" rel="noopener noreferrer">${title}</a></li>`)}</ul>`}</div>`}
    ${waiting.length > 1 && !off && !each.stance && html`<div class="mp-commands mp-all-values"><button type="button" class="mp-command"
      onClick=${() => named(client, () => { client.act("stand", { places: [each.place] }); client.lead(waiting[0]); })}>${say("use_all", { count: waiting.length })}</button></div>`}
    ${each.stance ? html`<${Stance} client=${client} place=${each.place} stance=${each.stance} off=${off} />`
      : html`<div class="mp-fields">${each.fields.order.map((place) => html`<${Field} key=${place} client=${client} field=${each.fields.items[place]} off=${off} />`)}</div>`}
    ${details.length > 0 && !each.stance && html`<div class="mp-more">
      <button type="button" class="mp-command mp-quiet" aria-expanded=${more} onClick=${() => setMore(!more)}>${say(more ? "less_detail" : "more_detail")}</button>
      ${more && html`<div class="mp-fields">${details.map((place) => html`<${Field} key=${place} client=${client} field=${each.more.items[place]} off=${off} />`)}</div>`}</div>`}
    <div class="mp-whole">
      <div class="mp-owner"><label class="mp-minor" for="${id}-owner">${say("owner")}</label>
        <${Line} client=${client} id="${id}-owner" at=${owner} name="own" more=${{ place: each.place }} value=${each.owner} wrong=${each.owner_wrong} described="${id}-owner-wrong" placeholder=${say("owner_hint")} off=${off} />
        <${Wrong} id="${id}-owner-wrong" wrong=${each.owner_wrong} client=${client} at=${owner} off=${off} /></div>
      ${!off && !each.stance && html`<div class="mp-commands" role="group" aria-label="${say("whole")}: ${each.words}"><span class="mp-minor">${say("whole")}</span>
        ${["none", "not_applicable", "not_known_yet"].map((one) => html`<button type="button" class="mp-command mp-quiet" aria-expanded=${kind === one} onClick=${() => setKind(kind === one ? null : one)}>${say(one)}</button>`)}</div>`}
    </div>
    ${kind && !each.stance && html`<${StanceForm} key=${kind} client=${client} place=${each.place} kind=${kind} done=${() => setKind(null)} />`}
    <${Wrong} id="${id}-wrong" wrong=${each.wrong} />`;
}

export function safe(url) { return /^(https?|mailto):/i.test(url) ? url : null; }

// -------------------------------------------------------------------------------------------- service and inputs

export function Radios({ name, options, value, change, off, legend, wrong }) {
  return html`<fieldset class="mp-group mp-wide" aria-describedby=${wrong ? `${name}-wrong` : null}><legend class="mp-label">${legend}</legend>
    <div class="mp-radios">${options.map(([key, title, means]) => html`<label class="mp-radio mp-explained">
      <input type="radio" name=${name} value=${key} checked=${value === key} disabled=${off} onChange=${() => change(key)} aria-invalid=${wrong ? "true" : null} />
      <span><strong>${title}</strong>${means && html`<br /><span class="mp-muted">${means}</span>`}</span></label>`)}</div>
    <p class="mp-wrong" id="${name}-wrong" role="alert" hidden=${!wrong}>${wrong ?? ""}</p></fieldset>`;
}

function Service({ client, step, off }) {
  const id = (key) => client.idOf(`service-${key}`);
  const text = (key, label, hint) => html`<div class="mp-field${key === "name" || key === "owner" ? "" : " mp-wide"}" data-place="service.${key}">
    <label class="mp-label" for=${id(key)}>${label}</label>
    <${Line} client=${client} id=${id(key)} at="service.${key}" name="service" more=${{ key }} value=${step.values[key]} placeholder=${hint} off=${off}
      control=${key === "description" ? { type: "text" } : {}} wrong=${step.wrong[key]} described="${id(key)}-wrong" />
    <${Wrong} id="${id(key)}-wrong" wrong=${step.wrong[key]} client=${client} at="service.${key}" off=${off} /></div>`;
  const pick = (key) => (raw) => client.pick(`service-${key}`, raw, "service", { key, raw });
  const chosen = (key) => client.chosen(`service-${key}`, step.values[key]);
  return html`<${Head} step=${step} /><div class="mp-fields mp-first">
    ${text("name", say("service_name"))}${text("owner", say("service_owner"), say("service_owner_hint"))}
    ${text("description", say("service_description"), say("service_description_hint"))}
    <${Radios} name=${client.idOf("tier")} legend=${say("tier")} options=${step.tiers} value=${chosen("tier")} change=${pick("tier")} off=${off} />
    <${Radios} name=${client.idOf("stage")} legend=${say("stage")} options=${step.stages} value=${chosen("stage")} change=${pick("stage")} off=${off} />
    ${text("runbook_base", say("service_runbooks"), "https://…")}</div>`;
}

function Inputs({ client, step, off }) {
  const { order, items } = step.items;
  return html`<${Head} step=${step} />${order.map((place) => {
    const each = items[place];
    const id = client.idOf(`input-${place}`);
    return html`<section key=${place} class="mp-consideration mp-flat" data-place=${place}>
      <fieldset class="mp-group"><legend class="mp-name">${each.words}</legend>
      <div class="mp-radios mp-row">${["provided", "missing"].map((status) => html`<label class="mp-radio">
        <input type="radio" name=${id} checked=${client.chosen(id, each.status) === status} disabled=${off} onChange=${() => client.pick(id, status, "input", { place, status })} /><span>${say(status)}</span></label>`)}</div></fieldset>
      ${each.status && html`<div class="mp-fields">
        ${each.status === "provided" && html`<div class="mp-field mp-wide"><label class="mp-label" for="${id}-refs">${say("references")}</label>
          <${Area} client=${client} id="${id}-refs" at="${id}#references" place=${place} part="references" value=${each.references} wrong=${each.wrong} placeholder=${say("references_hint")} off=${off} /></div>`}
        <div class="mp-field mp-wide"><label class="mp-label" for="${id}-note">${say("note")}</label>
          <${Area} client=${client} id="${id}-note" at="${id}#note" place=${place} part="note" value=${each.note} wrong=${each.wrong} placeholder=${each.status === "missing" ? say("input_note_hint") : ""} off=${off} /></div></div>`}
      ${each.wrong && html`<p class="mp-wrong" role="alert">${each.wrong}</p>`}</section>`;
  })}`;
}

/** A few lines of text that are one part of a message. */
function Area({ client, id, at, place, part, value, placeholder, off, wrong, name = "input", more }) {
  const ref = useRef(null);
  useEffect(() => {
    const box = ref.current;
    if (!box || client.isPending(at)) return;
    if (!wrong) delete box.dataset.refused;
    if (box.dataset.refused || (document.activeElement === box && box.dataset.typed)) return; // it stands as it was typed
    if (box.value !== value) box.value = value;
  });
  return html`<textarea class="mp-input mp-growing" id=${id} ref=${ref} rows="1" placeholder=${placeholder} disabled=${off}
    onInput=${(event) => { event.target.dataset.typed = event.target.dataset.refused = "1"; client.type(at, name, { place, ...more, [part]: event.target.value }); }}
    onBlur=${(event) => { delete event.target.dataset.typed; client.flush(); }}></textarea>`;
}

// -------------------------------------------------------------------------------------------- lists across all questions

const STATUSES = [["met", "met"], ["planned", "planned"], ["not-met", "not_met"], ["not-applicable", "not_applicable"]];

function Cross({ client, step, off }) {
  const form = `list:${step.list}`;
  const { begun, keep, drop } = useForm(client, form);
  const [whole, setWhole] = useState(() => !!client.inForm(form));
  const { order, items } = step.items;
  const away = step.whole !== null;
  return html`<${Head} step=${step} />
    ${!off && html`<div class="mp-whole-list">${away
      ? html`<div class="mp-stance"><p><strong>${say("is_not_applicable")}.</strong> ${step.whole}</p><div class="mp-commands">
          <button type="button" class="mp-command" onClick=${() => client.act("cross", { list: step.list, reason: "" })}>${say("list_applies")}</button></div></div>`
      : html`<button type="button" class="mp-command mp-quiet" aria-expanded=${whole} onClick=${() => setWhole(!whole)}>${say("list_not_applicable")}</button>`}
      ${whole && !away && html`<form class="mp-form" onInput=${keep} onSubmit=${(event) => { event.preventDefault(); client.sendOff(form, "cross", { list: step.list, reason: new FormData(event.target).get("reason") }); setWhole(false); }}>
        <label class="mp-label" for=${client.idOf("list-why")}>${say("list_why")}</label><textarea class="mp-input mp-growing" id=${client.idOf("list-why")} name="reason" rows="2" required defaultValue=${begun.get("reason") ?? ""}></textarea>
        <div class="mp-commands"><button class="mp-button mp-small">${say("say_it")}</button><button type="button" class="mp-command" onClick=${() => { drop(); setWhole(false); }}>${say("cancel")}</button></div></form>`}</div>`}
    ${!away && order.map((place) => html`<${CrossItem} key=${place} client=${client} each=${items[place]} list=${step.list} off=${off} />`)}`;
}

function CrossItem({ client, each, list, off }) {
  const [wants, setWants] = useState(false);
  const id = client.idOf(`x-${each.place.replace(/[^\w]+/g, "-")}`);
  const status = wants ? "not-applicable" : client.chosen(id, each.status);
  const pick = (to) => {
    if (to === "not-applicable") { setWants(true); return; }
    setWants(false);
    client.pick(id, to, "cross", { list, item: each.item, status: to });
  };
  const line = (part, label, control = {}) => html`<div class="mp-field${part === "note" || part === "reason" ? " mp-wide" : ""}"><label class="mp-label" for="${id}-${part}">${label}</label>
    ${part === "due" ? html`<input class="mp-input" id="${id}-due" type="date" value=${each.due} disabled=${off} onChange=${(event) => client.act("cross", { list, item: each.item, due: event.target.value })} />`
      : html`<${Area} client=${client} id="${id}-${part}" at="${each.place}#${part}" name="cross" more=${{ list, item: each.item }} part=${part} value=${each[part]} wrong=${each.wrong} off=${off} />`}</div>`;
  return html`<section class="mp-consideration mp-flat" data-place=${each.place}>
    <fieldset class="mp-group"><legend class="mp-name">${each.words}</legend>
      <div class="mp-radios mp-row">${STATUSES.map(([key, word]) => html`<label class="mp-radio"><input type="radio" name=${id} checked=${status === key} disabled=${off} onChange=${() => pick(key)} /><span>${say(word)}</span></label>`)}</div></fieldset>
    ${status && html`<div class="mp-fields">
      ${status === "not-applicable" ? line("reason", say("not_applicable_why")) : line("note", say("note"))}
      ${(status === "planned" || status === "not-met") && html`${line("owner", say("owner"))}${line("due", say("due"))}`}</div>`}
    ${each.wrong && html`<p class="mp-wrong" role="alert">${each.wrong}</p>`}</section>`;
}

// -------------------------------------------------------------------------------------------- summary

const FIRST_FINDINGS = 8;

/** Goes to the first of what a button has shown beside what was there: the button itself is gone then. */
function useFirstNew(list, what, first, all) {
  useLayoutEffect(() => { if (all) list.current?.querySelectorAll(what)[first]?.focus(); }, [all]);
}

function Summary({ client, step }) {
  const { order, items } = step.parts;
  const [all, setAll] = useState(false);
  const list = useRef(null);
  useFirstNew(list, "li button", FIRST_FINDINGS, all);
  const findings = all ? step.findings : step.findings.slice(0, FIRST_FINDINGS);
  // Ten sections at once are a tenth of a second of laying out; they follow one by one when the page is there.
  useEffect(() => {
    const section = () => client.root.querySelector(".mp-section:not([data-laid])");
    const lay = () => { const next = section(); if (next) { next.dataset.laid = "1"; later = setTimeout(lay, 12); } };
    let later = setTimeout(lay, 40);
    return () => clearTimeout(later);
  }, [step.parts]);
  return html`<${Head} step=${step} />
    ${step.missing.length > 0 && html`<section class="mp-consideration mp-flat" aria-labelledby=${client.idOf("still-missing")}><h2 class="mp-name" id=${client.idOf("still-missing")}>${say("still_missing")}</h2>
      <ul class="mp-list">${step.missing.map((each) => html`<li><button type="button" class="mp-inline" onClick=${() => { client.act("go", { step: each.step, place: each.place }); client.lead(each.place); }}>${each.label}</button></li>`)}</ul></section>`}
    ${step.findings.length > 0 && html`<section class="mp-consideration mp-flat" aria-labelledby=${client.idOf("findings")}><h2 class="mp-name" id=${client.idOf("findings")}>${say("findings")}</h2>
      <ul class="mp-list" ref=${list}>${findings.map((each) => html`<li key=${each.id} data-tone=${each.tone}><strong class="mp-tone">${each.head}</strong> <button type="button" class="mp-inline mp-plainlink" onClick=${() => { client.act("go", { place: each.at }); client.lead(each.at); }}>${each.text}</button></li>`)}</ul>
      ${findings.length < step.findings.length && html`<div class="mp-commands"><button type="button" class="mp-command" onClick=${() => setAll(true)}>${say("all_findings", { count: step.findings.length })}</button></div>`}</section>`}
    ${order.map((id) => html`<section key=${id} class="mp-consideration mp-flat mp-section">
      <div class="mp-summary" dangerouslySetInnerHTML=${{ __html: items[id].html }}></div>
      <div class="mp-commands"><button type="button" class="mp-command" aria-label="${say("change_answers")}: ${items[id].title}" onClick=${() => client.act("go", { step: items[id].step })}>${say("change_answers")}</button></div></section>`)}`;
}

// -------------------------------------------------------------------------------------------- the prompt

function Confirm({ client, view, step, off }) {
  const [answer, setAnswer] = useState(() => ["no", "yes"].find((one) => client.inForm(formOf("answer", one))) ?? null);
  const complete = view.complete && view.read_only;
  const go = (to) => { if (to.includes(".")) { client.act("go", { place: to }); client.lead(to); } else client.act("go", { step: to }); };
  client.answer = answer;
  const said = `${step.roles.filter((role) => role.counts).length} ${step.last_no?.when ?? ""}`;
  const before = useRef(said);
  useLayoutEffect(() => { // the answer is in the record: its form goes, and one reads on from the heading
    if (before.current === said) return;
    before.current = said;
    if (!client.answering) return;
    client.answering = false;
    client.moved = true;
    setAnswer(null);
    client.redraw();
  }, [said]);
  const open = step.roles.filter((role) => !role.counts);
  return html`
    ${complete ? html`<${Complete} client=${client} complete=${view.complete} />` : html`<${Head} step=${step} />`}
    <section class="mp-consideration mp-flat" aria-labelledby=${client.idOf("what-stands")}>
      <div class="mp-name-row"><h2 class="mp-name" id=${client.idOf("what-stands")}>${say("what_stands")}</h2>
        <button type="button" class="mp-command" onClick=${() => client.act("go", { step: "summary" })}>${say("read_plan")}</button></div>
      <table class="mp-figures"><tbody>${step.rows.map((row) => html`<tr data-row=${row.key}><th scope="row">${row.label}</th>
        <td class="mp-figure">${row.to ? html`<button type="button" class="mp-inline mp-plainlink" aria-label="${row.figure}, ${row.label}" onClick=${() => go(row.to)}>${row.figure}</button>` : row.figure}</td><td class="mp-muted">${row.says}</td></tr>`)}</tbody></table>
      ${!complete && step.notes.map((note) => html`<div role="note" class="mp-note" key=${note.id} data-tone=${note.tone} data-row=${note.row} aria-label=${say("note")}>
        <p class="mp-note-text"><strong class="mp-tone">${note.head}</strong> <strong>${note.text}</strong></p>
        <div class="mp-commands"><button type="button" class="mp-command" onClick=${() => go(note.at)}>${note.go}</button></div></div>`)}</section>
    ${step.last_no && !complete && html`<section class="mp-consideration mp-flat"><div class="mp-name-row"><h2 class="mp-name">${say("since_no")}</h2><span class="mp-muted">${step.last_no.by}, ${day(step.last_no.when)}</span></div>
      <blockquote class="mp-quote">${step.last_no.text}</blockquote>${step.last_no.reopened.length > 0 && html`<p class="mp-muted">${say("reopened_list", { list: step.last_no.reopened.join(", ") })}</p>`}
      <${Changes} no=${step.last_no} /></section>`}
    ${!complete && html`<section class="mp-consideration mp-flat"><fieldset class="mp-group"><legend class="mp-name">${say("your_answer")}</legend>
      <div class="mp-answers">${[["yes", say("yes_title"), step.if_yes], ["no", say("no_title"), step.if_no]].map(([key, title, means]) => html`<label class="mp-answer">
        <input type="radio" name=${client.idOf("answer")} value=${key} checked=${answer === key} disabled=${off} onChange=${() => { setAnswer(key); client.redraw(); }} />
        <span><strong>${title}</strong><span class="mp-muted">${means}</span></span></label>`)}</div></fieldset>
      ${answer && html`<${AnswerForm} key=${answer} client=${client} view=${view} step=${step} answer=${answer} />`}</section>`}
    ${!complete && open.length > 0 && html`<section class="mp-consideration mp-flat"><h2 class="mp-name">${say("to_ask")}</h2>
      <p>${open.map((role) => role.label).join(", ")}</p><${Link} client=${client} /></section>`}
    <${Downloads} client=${client} view=${view} complete=${complete} />`;
}

function Changes({ no }) {
  const [open, setOpen] = useState(false);
  if (!no.changed) return null;
  return html`<p class="mp-changed">${no.changed} ${no.changes && html`<button type="button" class="mp-inline" aria-expanded=${open} onClick=${() => setOpen(!open)}>${say(open ? "hide_changes" : "show_changes")}</button>`}</p>
    ${open && html`<div class="mp-summary mp-changes" dangerouslySetInnerHTML=${{ __html: no.changes }}></div>`}`;
}

function Link({ client }) {
  useEffect(() => { if (client.inApp) client.learnKey(); }, []);
  if (!client.inApp) return null; // a notebook's address is of no use to others
  const copy = async () => {
    client.address();
    const link = client.link();
    const done = await copied(link);
    client.message = { text: done ? say("copied") : say("copy_by_hand", { link }), tone: "plain" };
    client.redraw();
  };
  return html`<div class="mp-commands"><button type="button" class="mp-command" onClick=${copy}>${say("copy_link")}</button></div>`;
}

/** Copies a text, also where the page came over plain http, which has no clipboard; says whether it could. */
async function copied(text) {
  try { await navigator.clipboard.writeText(text); return true; } catch { /* not there, or refused */ }
  const before = document.activeElement;
  const box = Object.assign(document.createElement("textarea"), { value: text, readOnly: true, className: "mp-sr" });
  document.body.append(box);
  box.select();
  try { return document.execCommand("copy"); } catch { return false; } finally { box.remove(); before?.focus?.(); }
}

function AnswerForm({ client, view, step, answer }) {
  const yes = answer === "yes";
  const open = step.roles.filter((role) => !role.counts);
  const form = formOf("answer", answer);
  const { begun, keep } = useForm(client, form);
  const submit = (event) => {
    event.preventDefault();
    const data = new FormData(event.target);
    const given = { by: data.get("by"), role: data.get("role") };
    client.answering = true;
    if (yes) client.sendOff(form, "yes", given);
    else client.sendOff(form, "no", { ...given, feedback: data.get("feedback"), reopen: data.getAll("reopen") });
  };
  const roles = yes ? open : step.roles;
  return html`<form class="mp-form mp-answer-form" id=${client.idOf("answer-form")} onSubmit=${submit} onInput=${keep}>
    ${yes && step.blocks && html`<p class="mp-wrong" role="alert">${say("cannot_yes", { blocks: step.blocks })} <button type="button" class="mp-inline" onClick=${() => (step.needed ? client.act("missing") : client.act("go", { step: "summary" }))}>${say("show_missing")}</button></p>`}
    ${!yes && html`<label class="mp-label" for=${client.idOf("answer-feedback")}>${say("feedback")}</label><textarea class="mp-input mp-growing" id=${client.idOf("answer-feedback")} name="feedback" rows="3" required defaultValue=${begun.get("feedback") ?? ""}></textarea>
      <fieldset class="mp-group"><legend class="mp-label">${say("reopen")}</legend><div class="mp-radios mp-columns">${step.questions.map(([id, title]) => html`<label class="mp-radio"><input type="checkbox" name="reopen" value=${id} defaultChecked=${begun.getAll("reopen").includes(id)} /><span>${title}</span></label>`)}</div></fieldset>`}
    <div class="mp-pair"><div><label class="mp-label" for=${client.idOf("answer-by")}>${say("your_name")}</label>
      <input class="mp-input" id=${client.idOf("answer-by")} name="by" required defaultValue=${begun.get("by") ?? view.who} placeholder=${say("as_recorded")} autocomplete="name" /></div>
    <div><label class="mp-label" for=${client.idOf("answer-role")}>${say("role")}</label><span class="mp-box mp-select"><select class="mp-input" id=${client.idOf("answer-role")} name="role" required=${yes}>
      <option value="">${say("pick_role")}</option>${roles.map((role) => html`<option value=${role.id} selected=${begun.get("role") === role.id}>${role.label}</option>`)}</select></span></div></div>
  </form>`;
}

function Complete({ client, complete }) {
  const until = complete.lapses && new Date(`${complete.lapses}T12:00`).toLocaleDateString([], { day: "numeric", month: "long", year: "numeric" });
  return html`<${Head} step=${{ heading: complete.heading, lead: complete.lead }} />
    <div class="mp-commands mp-complete">${until && html`<span class="mp-muted">${say("valid_until", { date: until })}</span>`}
      <button type="button" class="mp-command" onClick=${() => client.act("revise")}>${say("revise")}</button><span class="mp-muted">${say("revise_why")}</span></div>`;
}

export function Downloads({ client, view, complete }) {
  if (!complete && !view.draft) return null;
  const state = (keys) => {
    const begun = keys.map((what) => client.making[what]).filter(Boolean);
    return html` <span role="status" class="mp-muted">${begun.length > 0 ? say("making", { seconds: Math.round((Date.now() - Math.min(...begun)) / 1000) }) : ""}</span>`;
  };
  const one = (what, word) => html`<li key=${what}><button type="button" class="mp-inline" aria-disabled=${!!client.making[what]} onClick=${() => client.make(what)}>${say(word)}</button>${state([what])}</li>`;
  const document = ({ id, title }) => {
    const name = title || say("report");
    const keys = view.formats.map((kind) => `${id}.${kind}`);
    const busy = (what) => !!client.making[what];
    return html`<li key=${id} class="mp-document"><span class="mp-document-name">${name}</span>
      <span class="mp-commands"><button type="button" class="mp-command" aria-disabled=${busy(`${id}.html`)} aria-label=${say("look_at", { name })} onClick=${() => client.make(`${id}.html`, true)}>${say("look")}</button>
      ${view.formats.map((kind) => html`<button key=${kind} type="button" class="mp-inline" aria-disabled=${busy(`${id}.${kind}`)} aria-label=${say("keep_as", { name, format: say(`as_${kind}`) })} onClick=${() => client.make(`${id}.${kind}`)}>${say(`as_${kind}`)}</button>`)}${state(keys)}</span></li>`;
  };
  return html`<section class="mp-consideration mp-flat" aria-labelledby=${client.idOf("documents")}><h2 class="mp-name" id=${client.idOf("documents")}>${say("documents")}</h2>
    ${!complete && html`<p class="mp-muted">${say("documents_draft")}</p>`}
    <ul class="mp-list mp-documents">${view.documents.map(document)}${complete && [one("handover", "handover"), one("plan", "plan_file")]}</ul></section>`;
}

// -------------------------------------------------------------------------------------------- the start page

export function Start({ client, view }) {
  const [picked, setPicked] = useState({});
  const submit = (event) => {
    event.preventDefault();
    client.open("begin", "begin", Object.fromEntries(new FormData(event.target)));
  };
  const wrong = view.begin;
  const form = useRef(null);
  const asked = useRef(null);
  useLayoutEffect(() => { // a plan that was not begun, for the first of what is wrong
    if (!client.opening && asked.current === "begin") form.current?.querySelector("[aria-invalid]")?.focus();
    asked.current = client.opening?.key;
  });
  const opening = (key, says = "") => html`<span role="status" class="mp-says" data-tone="muted">${client.opening?.key === key ? say("opening") : says}</span>`;
  return html`<${Head} step=${{ heading: say("start_heading"), lead: say("start_lead") }} />
    ${view.problem && html`<p class="mp-wrong mp-problem" role="alert">${view.problem}</p>`}
    ${view.plans.length > 0 && html`<${Plans} client=${client} plans=${view.plans} opening=${opening} />`}
    ${view.can_begin && html`<section class="mp-consideration mp-flat" aria-labelledby=${client.idOf("new-plan")}><h2 class="mp-name" id=${client.idOf("new-plan")}>${say("new_plan")}</h2>
      <form class="mp-fields" ref=${form} onSubmit=${submit} novalidate>
        <div class="mp-field"><label class="mp-label" for=${client.idOf("begin-name")}>${say("service_name")}</label><input class="mp-input" id=${client.idOf("begin-name")} name="name" autocomplete="off" maxlength="200" aria-invalid=${wrong.name ? "true" : null} aria-describedby=${client.idOf("begin-name-wrong")} />
          <p class="mp-wrong" id=${client.idOf("begin-name-wrong")} role="alert" hidden=${!wrong.name}>${wrong.name ?? ""}</p></div>
        <${Radios} name="tier" legend=${say("tier")} options=${view.tiers} value=${picked.tier} change=${(tier) => setPicked({ ...picked, tier })} wrong=${wrong.tier} />
        <${Radios} name="stage" legend=${say("stage")} options=${view.stages} value=${picked.stage} change=${(stage) => setPicked({ ...picked, stage })} wrong=${wrong.stage} />
        <div class="mp-commands mp-wide"><button class="mp-button mp-primary">${say("begin")}</button>${opening("begin")}</div></form></section>
      <section class="mp-consideration mp-flat"><div class="mp-commands"><button type="button" class="mp-command" onClick=${() => client.open("example", "example")}>${say("try_example")}</button><span class="mp-muted">${say("try_example_why")}</span>${opening("example")}</div>
        <${Upload} client=${client} limit=${view.upload_limit} /></section>`}`;
}

const FIRST_PLANS = 12;
const ORDER = new Intl.Collator(undefined, { numeric: true });

/** The plans that there are: all of few; of many the first, with a box to find one by its name. */
function Plans({ client, plans, opening }) {
  const [text, setText] = useState("");
  const [all, setAll] = useState(false);
  const list = useRef(null);
  useFirstNew(list, "li button", FIRST_PLANS, all);
  const id = client.idOf("pick-plan");
  const sought = text.trim().toLowerCase();
  const found = plans.filter((each) => `${each.service}\n${each.name}`.toLowerCase().includes(sought)).sort((one, other) => ORDER.compare(one.service, other.service));
  const shown = all ? found : found.slice(0, FIRST_PLANS);
  return html`<section class="mp-consideration mp-flat" aria-labelledby=${id}><h2 class="mp-name" id=${id}>${say("pick_plan")}</h2>
    ${plans.length > FIRST_PLANS && html`<input class="mp-input mp-find-plan" type="text" role="searchbox" enterkeyhint="search" aria-label=${say("find_plan")} placeholder=${say("find_plan")}
        autocomplete="off" value=${text} onInput=${(event) => setText(event.target.value)} />
      <div role="status" class="mp-sr">${sought ? say("found_count", { count: found.length }) : ""}</div>`}
    <ul class="mp-plans" ref=${list}>${shown.map((each) => html`<li key=${each.name}><button type="button" class="mp-fold" onClick=${() => client.open(each.name, "plan", { plan: each.name })}><span class="mp-fold-name">${each.service}</span>${opening(each.name, each.says)}</button></li>`)}
      ${found.length === 0 && html`<li class="mp-muted">${say("nothing_found")}</li>`}</ul>
    ${shown.length < found.length && html`<div class="mp-commands"><button type="button" class="mp-command" onClick=${() => setAll(true)}>${say("all_plans_shown", { count: found.length })}</button></div>`}</section>`;
}

/** Sends a plan file; one that is too large is refused before anything is sent. */
function Upload({ client, limit }) {
  const ref = useRef(null);
  const send = async () => {
    const file = ref.current.files[0];
    ref.current.value = "";
    if (!file) return;
    if (file.size > limit) {
      client.message = { text: say("too_large", { size: (file.size / 1e6).toFixed(1), limit: limit / 1e6 }), tone: "high" };
      client.redraw();
      return;
    }
    const data = await file.arrayBuffer();
    client.open("upload", "upload", { name: file.name }, [data]);
  };
  return html`<div class="mp-commands"><label class="mp-command mp-upload">${say("upload")}<input type="file" class="mp-sr" ref=${ref} accept=".yaml,.yml,.json" onChange=${send} /></label><span class="mp-muted">${say("upload_why")}</span><span role="status" class="mp-says" data-tone="muted">${client.opening?.key === "upload" ? say("uploading") : ""}</span></div>`;
}

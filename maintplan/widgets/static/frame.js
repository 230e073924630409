// What stands around every step: header, banners, rail, foot, dialogs, and the keys.

import { html, say, clock, remember, useState, useLayoutEffect, useRef } from "./core.js";
import { Start, Step } from "./steps.js";

export function Frame({ client }) {
  const { view } = client;
  const start = view.page === "start";
  const { alone } = client;
  return html`
    <a class="mp-skip" href="#${client.idOf("mp-main")}" onClick=${(event) => { event.preventDefault(); client.root.querySelector(".mp-plan h1")?.focus(); }}>${say("skip")}</a>
    <${Header} client=${client} view=${view} start=${start} />
    <${Banner} client=${client} view=${view} start=${start} />
    <fieldset class="mp-all" disabled=${!!client.lost} role="presentation">
      <div class="mp-columns-three">
        ${!start && !alone && html`<${Rail} client=${client} view=${view} />`}
        <${client.inApp ? "main" : "div"} class="mp-plan" id=${client.idOf("mp-main")} data-step=${view.at ?? "start"}>
          <svg class="mp-lines" width="44" aria-hidden="true"></svg>
          ${start ? html`<${Start} client=${client} view=${view} />` : html`<${Step} client=${client} view=${view} />`}
        </>
      </div>
      ${!start && !alone && html`<${Foot} client=${client} view=${view} />`}
    </fieldset>
    <${Dialogs} client=${client} />`;
}

function Header({ client, view, start }) {
  const saved = view.saved;
  const says = client.slow && !client.lost && !saved?.failed ? say("working") : start ? "" : client.lost || saved.failed ? say("not_saved") : !saved.keeps ? say("preview_keeps") : saved.at ? say("saved", { time: clock(saved.at) }) : "";
  return html`<${client.inApp ? "header" : "div"} class="mp-top"><div class="mp-top-in">
    <span class="mp-brand">${client.view.many ? html`<button type="button" class="mp-brand-link" onClick=${() => client.act("leave")} aria-label=${say("all_plans")}>maintplan</button>` : "maintplan"}</span>
    ${!start && html`<p class="mp-which"><strong title=${view.header.service}>${view.header.service}</strong> <span class="mp-about">${view.header.about}</span></p>`}
    <div class="mp-top-end">
      ${!start && view.undo && !view.read_only && html`<button type="button" class="mp-command mp-quiet mp-wide-only" data-again="1" onClick=${() => client.act("undo")}>${say("undo")}</button>`}
      ${!start && view.redo && !view.read_only && html`<button type="button" class="mp-command mp-quiet mp-wide-only" data-again="1" onClick=${() => client.act("redo")}>${say("redo")}</button>`}
      ${!start && html`<button type="button" class="mp-command mp-quiet mp-wide-only mp-you" title=${view.who || null} onClick=${() => { client.dialog = { kind: "name" }; client.redraw(); }}>${view.who ? say("you", { who: view.who }) : say("who")}</button>`}
      <${Theme} client=${client} />
      <span class="mp-saved" role="status" data-tone=${saved?.failed || client.lost ? "high" : null}>${says}</span>
    </div></div></>`;
}

export function theme(root, to) {
  if (to) root.dataset.theme = to;
  else delete root.dataset.theme;
  if (root.id === "maintplan-app") {
    if (to) document.documentElement.dataset.theme = to;
    else delete document.documentElement.dataset.theme;
  }
}

export function isDark(root) { return (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark"; }

function Theme({ client }) {
  const [, set] = useState(0);
  if (!client.inApp && document.body.dataset.jpThemeLight) return null;
  const dark = isDark(client.root);
  const flip = () => {
    const to = dark ? "light" : "dark";
    remember("theme", to);
    theme(client.root, to);
    set((count) => count + 1);
  };
  return html`<button type="button" class="mp-command mp-quiet" onClick=${flip}>${say(dark ? "theme_light" : "theme_dark")}</button>`;
}

function Banner({ client, view, start }) {
  if (client.lost) {
    const at = view.saved?.at;
    return html`<div class="mp-banner" data-tone="high" role="alert"><div class="mp-banner-in"><p><strong>${say("lost", { time: clock(client.lost.at) })}</strong>
      ${" "}${at ? say("lost_saved", { time: clock(at) }) : say("lost_nothing")} ${say(client.inApp ? "lost_kept" : "lost_cell")}${client.session && html` <span class="mp-muted">${say("lost_session", { session: client.session })}</span>`}</p>
      ${client.inApp && html`<button type="button" class="mp-command" onClick=${() => client.resume()}>${say("resume")}</button>`}</div></div>`;
  }
  if (view.problem && !start) return html`<div class="mp-banner" data-tone="high" role="alert"><div class="mp-banner-in"><p>${view.problem}</p></div></div>`;
  if (view.saved?.failed) return html`<div class="mp-banner" data-tone="high" role="alert"><div class="mp-banner-in"><p>${say("save_failed", { why: view.saved.failed })}</p>
    ${view.saved.gone && html`<button type="button" class="mp-command" onClick=${() => client.act("anew")}>${say("keep_anew")}</button>`}</div></div>`;
  if (client.message) {
    return html`<div class="mp-banner" data-tone=${client.message.tone} role=${client.message.tone === "high" ? "alert" : "status"}><div class="mp-banner-in"><p>${client.message.text}</p>
      <button type="button" class="mp-command" onClick=${() => { client.message = null; client.redraw(); }}>${say("close")}</button></div></div>`;
  }
  return null;
}

function Rail({ client, view }) {
  const [open, setOpen] = useState(false);
  const { order, items, progress, share } = view.rail;
  const groups = [];
  for (const id of order) {
    const kind = { service: "begin", inputs: "begin", summary: "end", confirm: "end" }[items[id].kind] ?? items[id].kind;
    if (groups[groups.length - 1]?.kind !== kind) groups.push({ kind, ids: [] });
    groups[groups.length - 1].ids.push(id);
  }
  return html`<${client.inApp ? "nav" : "div"} class="mp-rail" role=${client.inApp ? undefined : "group"} aria-label=${say("steps")} data-open=${open ? "1" : null}>
    <button type="button" class="mp-progress" aria-expanded=${open} onClick=${() => setOpen(!open)}><span>${progress}</span>
      <span class="mp-bar" aria-hidden="true"><span style="width:${share * 100}%"></span></span></button>
    <div class="mp-rail-in">
    ${groups.map((group) => html`<ol key=${group.kind}>${group.ids.map((id) => {
      const each = items[id];
      return html`<li key=${id}><button type="button" class="mp-step" aria-current=${id === view.at ? "step" : null} aria-label=${each.long} data-begun=${each.begun ? "1" : null}
        onClick=${() => { setOpen(false); client.act("go", { step: id }); }}>
        <span class="mp-mark" data-tone=${each.mark === "✓" ? "decided" : each.tone} aria-hidden="true">${each.mark}</span><span class="mp-step-name">${each.title}</span><span class="mp-step-says" data-tone=${each.tone}>${each.says}</span></button></li>`;
    })}</ol>`)}
    <div class="mp-rail-foot">
      ${view.undo && !view.read_only && html`<button type="button" class="mp-command mp-quiet mp-narrow-only" data-again="1" onClick=${() => client.act("undo")}>${say("undo")}</button>`}
      ${view.redo && !view.read_only && html`<button type="button" class="mp-command mp-quiet mp-narrow-only" data-again="1" onClick=${() => client.act("redo")}>${say("redo")}</button>`}
      <button type="button" class="mp-command mp-quiet mp-narrow-only mp-you" onClick=${() => { client.dialog = { kind: "name" }; client.redraw(); }}>${view.who ? say("you", { who: view.who }) : say("who")}</button>
      <button type="button" class="mp-command mp-quiet" onClick=${() => client.act("missing")}>${say("next_missing")}</button>
      <button type="button" class="mp-command mp-quiet" onClick=${() => find(client, true)}>${say("unanswered")}</button>
      <button type="button" class="mp-command mp-quiet" onClick=${() => find(client)}>${say("search")}</button>
      <button type="button" class="mp-command mp-quiet" onClick=${() => { client.dialog = { kind: "keys" }; client.redraw(); }}>${say("keys")}</button>
    </div>
    ${view.draft && !view.complete && html`<p class="mp-rail-draft"><button type="button" class="mp-command" aria-disabled=${!!client.making.runbook} onClick=${() => client.make("runbook")}>${say("runbook_draft")}</button>
      <span role="status" class="mp-muted">${client.making.runbook ? say("making", { seconds: Math.round((Date.now() - client.making.runbook) / 1000) }) : ""}</span></p>`}
    </div></>`;
}

function find(client, unanswered = false) {
  client.found = null;
  client.dialog = { kind: "find", unanswered };
  if (unanswered) client.act("search", { text: "", unanswered });
  client.redraw();
}

function Foot({ client, view }) {
  const { foot } = view;
  const confirm = view.at === "confirm" && !(view.complete && view.read_only);
  const last = view.step.roles?.filter((role) => !role.counts).length === 1;
  return html`<${client.inApp ? "footer" : "div"} class="mp-foot"><div class="mp-foot-in">
    ${foot.back ? html`<button type="button" class="mp-button" onClick=${() => client.act("back")}>${say("back")}</button>` : html`<span></span>`}
    <span class="mp-foot-says">${foot.says}</span>
    ${foot.next && html`<button type="button" class="mp-button mp-primary" onClick=${() => client.act("next")}>${foot.next}</button>`}
    ${confirm && client.answer && html`<button type="submit" form=${client.idOf("answer-form")} class="mp-button mp-primary" disabled=${client.answer === "yes" && !!view.step.blocks}>${client.answer === "yes" ? say(last ? "do_yes_last" : "do_yes") : say("do_no")}</button>`}
  </div></>`;
}

// -------------------------------------------------------------------------------------------- dialogs

function Dialogs({ client }) {
  const ref = useRef(null);
  const { dialog } = client;
  useLayoutEffect(() => { // at once: who types goes on typing
    const box = ref.current;
    if (dialog && box && !box.open) box.showModal();
    if (dialog) box?.querySelector("input")?.focus();
  }, [dialog]);
  if (!dialog) return null;
  const close = () => { ref.current?.close(); client.dialog = null; client.redraw(); };
  const title = { name: say("your_name"), find: say("search_label"), keys: say("keys_title"), look: dialog.name }[dialog.kind];
  return html`<dialog class="mp-dialog" data-kind=${dialog.kind} ref=${ref} aria-label=${title} onClose=${() => { if (client.dialog === dialog) { client.dialog = null; client.redraw(); } }}>
    <h2 class="mp-name">${title}</h2>
    ${dialog.kind === "name" && html`<form onSubmit=${(event) => {
      event.preventDefault();
      const who = new FormData(event.target).get("who").trim();
      if (!who) return;
      remember("who", who);
      client.act("name", { who });
      const { then } = dialog;
      close();
      then?.();
    }}>${dialog.then && html`<p class="mp-muted">${say("name_needed")}</p>`}
      <input class="mp-input" name="who" aria-label=${say("your_name")} required maxlength="200" defaultValue=${client.view.who} placeholder=${say("as_recorded")} autocomplete="name" />
      <div class="mp-commands"><button class="mp-button mp-primary mp-small">${say("save_name")}</button><button type="button" class="mp-command" onClick=${close}>${say("cancel")}</button></div></form>`}
    ${dialog.kind === "find" && html`<${Find} client=${client} close=${close} />`}
    ${dialog.kind === "look" && html`<iframe class="mp-look" sandbox="" title=${dialog.name} srcdoc=${dialog.text}></iframe>
      <div class="mp-commands"><button type="button" class="mp-command" onClick=${close}>${say("close")}</button></div>`}
    ${dialog.kind === "keys" && html`<dl class="mp-keys">${say("keys_list").split(";").map((line) => { const [key, ...rest] = line.trim().split(":"); return html`<dt><kbd>${key}</kbd></dt><dd>${rest.join(":").trim()}</dd>`; })}</dl>
      <div class="mp-commands"><button type="button" class="mp-command" onClick=${close}>${say("close")}</button></div>`}
  </dialog>`;
}

function Find({ client, close }) {
  const timer = useRef(0);
  const box = useRef(null);
  const { dialog } = client;
  const look = (event) => {
    const text = event.target.value;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => client.act("search", { text, unanswered: dialog.unanswered }), 200);
  };
  const only = (event) => {
    dialog.unanswered = event.target.checked;
    client.act("search", { text: box.current.value, unanswered: dialog.unanswered });
    client.redraw();
  };
  const found = client.found;
  return html`<div><input class="mp-input" type="text" role="searchbox" enterkeyhint="search" ref=${box} aria-label=${say("search_label")} onInput=${look} autocomplete="off" />
    <label class="mp-radio mp-only"><input type="checkbox" checked=${!!dialog.unanswered} onChange=${only} /><span>${say("unanswered_only")}</span></label>
    <div role="status" class="mp-sr">${found ? say("found_count", { count: found.found.length }) : ""}</div>
    ${found && html`<ul class="mp-list mp-found">${found.found.map((each) => html`<li><button type="button" class="mp-inline" onClick=${() => { close(); client.act("go", { step: each.step, place: each.place || undefined }); if (each.place) client.lead(each.place); }}>${each.label}</button>
      ${each.text && html`<span class="mp-muted"> ${each.text}</span>`}</li>`)}
      ${found.found.length === 0 && (found.text.trim() || dialog.unanswered) && html`<li class="mp-muted">${say("nothing_found")}</li>`}</ul>`}
    <div class="mp-commands"><button type="button" class="mp-command" onClick=${close}>${say("close")}</button></div></div>`;
}

/** Keys that work outside of text fields. */
export function onKey(client, event) {
  const box = event.target;
  const writing = /^(INPUT|TEXTAREA|SELECT)$/.test(box.tagName ?? "") || box.isContentEditable;
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !(writing && box.dataset.typed)) {
    if (client.view?.page !== "plan" || client.lost) return;
    event.preventDefault();
    client.act(event.shiftKey ? "redo" : "undo");
    return;
  }
  if (writing || event.ctrlKey || event.metaKey || event.altKey || client.dialog || client.lost || client.later || (client.wanted && !client.hasGoneOn()) || client.view?.page !== "plan") return;
  const does = { n: () => client.act("missing"), "/": () => find(client), "[": () => client.act("back"), "]": () => client.act("next"), "?": () => { client.dialog = { kind: "keys" }; client.redraw(); } }[event.key];
  if (!does) return;
  event.preventDefault();
  does();
}

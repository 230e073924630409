// Draws the walk. In the app it takes over the frame that the page came with; in a notebook it draws where it stands.

import { Client, html, render, remember, useWords } from "./core.js";
import { Frame, onKey, theme } from "./frame.js";
import { growAll } from "./fields.js";
import { layNotes } from "./margin.js";

const WHO = "who";
const TWICE = 350;

function draw({ model, el }) {
  useWords(model.get("words"));
  const page = model.get("in_app") ? document.getElementById("maintplan-app") : null;
  const root = page ?? el.appendChild(document.createElement("div"));
  root.classList.add("maintplan");
  if (!page) el.classList.add("mp-cell-output");
  // In JupyterLab it is as light or dark as everything around it, and has no switch of its own.
  const around = () => ({ true: "light", false: "dark" })[page ? "" : document.body.dataset.jpThemeLight];
  theme(root, around() ?? remember("theme"));
  let waits = false;
  const client = new Client(model, { inApp: !!page, redraw: () => { if (!waits) { waits = true; queueMicrotask(() => { waits = false; now(); }); } } });
  client.root = root;
  client.alone = model.get("alone");
  let fresh = true;

  const now = () => {
    if (!client.view) return;
    if (fresh) { root.replaceChildren(); root.removeAttribute("aria-busy"); fresh = false; }
    const { anchor } = client;
    render(html`<${Frame} client=${client} />`, root);
    if (page) document.title = client.view.header?.title ?? document.title;
    layNotes(root);
    const plan = root.querySelector(".mp-plan");
    if (plan) sizes.observe(plan);
    if (anchor?.element.isConnected) {
      window.scrollBy({ top: anchor.element.getBoundingClientRect().top - anchor.top, behavior: "instant" });
      client.anchor = null;
    }
    moveFocus(client);
  };

  const keys = (event) => { if (page || root.contains(event.target)) onKey(client, event); };
  const focused = (event) => { if (event.target.closest?.("[data-place]")) client.keepPlace(); };
  let scrolling = 0;
  const scrolled = () => { clearTimeout(scrolling); scrolling = setTimeout(() => client.keepPlace(), 300); };
  const sizes = new ResizeObserver(() => layNotes(root));
  const resized = () => growAll(root);
  window.addEventListener("resize", resized);
  // A notebook takes single keys for its own commands, such as x to cut a cell; not those that are meant for us.
  const ours = (event) => {
    if (root.contains(event.target)) event.target.toggleAttribute("data-lm-suppress-shortcuts", !(event.ctrlKey || event.metaKey));
  };
  // Nor does Enter send a form off within an output of Lab.
  const sends = (event) => {
    if (event.key !== "Enter" || event.defaultPrevented || event.isComposing || !event.target.matches("form input")) return;
    event.preventDefault();
    event.target.form.requestSubmit();
  };
  if (!page) {
    window.addEventListener("keydown", ours, true);
    root.addEventListener("keydown", sends);
  }
  // Before anything else: what is typed for a row that is being added is not for where the focus still is.
  const ahead = (event) => {
    if (!root.contains(event.target) || !client.keepsKey(event)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const elsewhere = () => { client.ahead = null; };
  // The second click of a double click is not meant for what the first has brought under the pointer.
  let clicked = 0;
  const twice = (event) => {
    const again = event.detail === 2 && event.timeStamp - clicked < TWICE;
    clicked = event.timeStamp;
    if (!again || !event.target.closest?.("button:not([data-again])")) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const stays = (event) => { // nor does it take the focus from where the first has brought it
    if (event.detail === 2 && event.target.closest?.("button:not([data-again])")) event.preventDefault();
  };
  root.addEventListener("click", twice, true);
  root.addEventListener("mousedown", stays, true);
  root.addEventListener("keydown", ahead, true);
  root.addEventListener("pointerdown", elsewhere, true);
  document.addEventListener("keydown", keys);
  root.addEventListener("focusin", focused);
  if (page) window.addEventListener("scroll", scrolled, { passive: true });
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const turned = () => client.redraw();
  dark.addEventListener("change", turned);
  const follow = new MutationObserver(() => {
    theme(root, around() ?? remember("theme"));
    client.redraw();
    requestAnimationFrame(() => layNotes(root)); // Lab is without a style sheet for a moment as it turns
  });
  if (!page) follow.observe(document.body, { attributeFilter: ["data-jp-theme-light"] });
  sizes.observe(root);
  document.fonts?.ready.then(() => layNotes(root));

  client.view = model.get("start");
  if (client.view?.page) {
    now();
    client.bringBack();
  }
  client.act("hello");
  if (!page && !document.documentElement.dataset.maintplanFonts) client.post({ do: "fonts" });
  const who = remember(WHO);
  if (who && !client.view?.who) client.send("name", { who });
  if (page) comeBack(client);

  return () => {
    client.close();
    window.removeEventListener("keydown", ours, true);
    document.removeEventListener("keydown", keys);
    root.removeEventListener("focusin", focused);
    root.removeEventListener("click", twice, true);
    root.removeEventListener("mousedown", stays, true);
    root.removeEventListener("keydown", ahead, true);
    root.removeEventListener("pointerdown", elsewhere, true);
    window.removeEventListener("scroll", scrolled);
    window.removeEventListener("resize", resized);
    dark.removeEventListener("change", turned);
    follow.disconnect();
    sizes.disconnect();
    render(null, root);
    if (!page) root.remove();
  };
}

/** Goes where the last page of this plan was, after a reload. */
function comeBack(client) {
  const last = client.lastPlace();
  if (!last || client.view?.page !== "plan") return;
  const reloaded = performance.getEntriesByType("navigation")[0]?.type === "reload";
  if (!reloaded) return;
  if (last.step === client.view.at && !last.place) return;
  if (!client.view.rail.items[last.step]) return; // a step that is not asked any more
  const seq = client.act("go", { step: last.step, place: last.place ?? undefined });
  client.later = { seq, wanted: last }; // once the place is there
}

function moveFocus(client) {
  const { wanted, moved, root } = client;
  if (moved && !wanted) {
    client.moved = false;
    root.querySelector(".mp-plan h1")?.focus({ preventScroll: true });
    if (client.inApp) window.scrollTo({ top: 0, behavior: "instant" });
    else root.scrollIntoView({ block: "start" });
    return;
  }
  if (!wanted) return;
  if (!moved && client.hasGoneOn()) {
    client.wanted = null;
    return;
  }
  const box = wanted.id && root.querySelector(`#${CSS.escape(wanted.id)}:not([disabled])`);
  const found = box || target(root, wanted);
  if (!found) {
    wanted.until ??= Date.now() + GONE_AFTER; // what is not there by then is not looked for any more
    if (Date.now() > wanted.until) client.wanted = null;
    return;
  }
  if (!box && !isThere(root, wanted)) { // what it stands in may be just about to open
    wanted.until ??= Date.now() + OPENS_WITHIN;
    if (Date.now() < wanted.until) { setTimeout(client.redraw, OPENS_WITHIN / 5); return; }
  }
  client.wanted = null;
  client.moved = false;
  if (wanted.row) client.left = found;
  found.focus({ preventScroll: true });
  if (box && wanted.caret != null) box.setSelectionRange?.(wanted.caret, wanted.caret);
  else if (wanted.row && found.select) found.select();
  if (wanted.row) client.typeKept();
  if (wanted.scroll !== undefined) window.scrollTo({ top: wanted.scroll, behavior: "instant" });
  else found.scrollIntoView({ block: "nearest", behavior: "instant" });
}

const OPENS_WITHIN = 300;
const GONE_AFTER = 2000;

/** Whether the control itself is on the page, and not only what it stands in. */
function isThere(root, { id, place }) {
  return !id && (!place || !!root.querySelector(`[data-place="${CSS.escape(place.split("[")[0])}"]`));
}

const FOCUSABLE = "input:not([disabled]):not([hidden]), textarea:not([disabled]):not([hidden]), select:not([disabled]), .mp-stance, button:not(.mp-dots, [disabled])";

function target(root, { place, row, column }) {
  if (row) return root.querySelector(`tr[data-row="${CSS.escape(row)}"] [data-column="${CSS.escape(column ?? "")}"]`) ?? root.querySelector(`tr[data-row="${CSS.escape(row)}"] .mp-cell`);
  if (!place) return root.querySelector(".mp-plan h1");
  const cell = root.querySelector(`[data-at="${CSS.escape(place)}"] .mp-cell`);
  if (cell) return cell.disabled ? standing(cell.closest("td, tr")) : cell;
  const field = place.split("[")[0];
  let box = root.querySelector(`[data-place="${CSS.escape(field)}"]`);
  for (let at = field; !box && at.includes("."); at = at.slice(0, at.lastIndexOf("."))) box = root.querySelector(`[data-place="${CSS.escape(at.slice(0, at.lastIndexOf(".")))}"]`);
  const control = [...(box?.querySelectorAll(FOCUSABLE) ?? [])].find((each) => !each.closest(".mp-note"));
  return control ?? box?.querySelector(".mp-dots, .mp-scroll[tabindex]") ?? standing(box);
}

/** Lets what holds no control, as in a plan that is only read, have the focus all the same. */
function standing(box) {
  if (box) box.tabIndex = -1;
  return box;
}

export default { render: draw };

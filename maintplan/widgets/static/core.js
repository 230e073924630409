// What every part of the screen shares: the words, the view, the way to the kernel, what is typed and not saved yet.
//
// The view is the kernel's, whole at first and then by changes. What is under the fingers is the screen's: a text
// that is being typed is never overwritten by what the kernel says late. It is sent after a pause of a second, when
// its field is left, and before anything else is done; it stays in this browser until the kernel says it is saved.

import { html, render, useState, useEffect, useLayoutEffect, useRef } from "./vendor/htm-preact.js";
import { Kept, stored } from "./kept.js";

export const PAUSE = 1000;
export const LOST_AFTER = 3400;
const BEAT = 1500;
const SLOW = 1200;
const ANSWERS = 2200; // with SLOW and a BEAT within the five seconds in which a page says that it is cut off
const LONGEST_WORK = 60000;
const RETRY = 4000;
const AHEAD = 10000;
const MODIFIERS = new Set(["Shift", "Control", "Alt", "AltGraph", "Meta", "CapsLock", "Dead"]);
const ROW_WITHIN = 200; // of the answer: the row comes right behind it, unless none was added
const PLACE = "maintplan:place:";
const LONGEST = 2_000_000; // characters of one message

let words = {};

export function useWords(given) { words = given; }

/** A text of the catalogue with its values. */
export function say(key, values = {}) {
  const text = words[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

export function clock(moment) {
  return new Date(moment).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

export function day(moment) {
  const then = new Date(moment);
  const today = new Date().toDateString() === then.toDateString();
  const date = today ? "" : then.toLocaleDateString([], { day: "numeric", month: "long", year: "numeric" }) + " ";
  return date + clock(moment);
}

// In a notebook several widgets stand in one page, each with a module of its own.
const own = Math.random().toString(36).slice(2, 8);
let made = 0;
export function newId(prefix) { return `${prefix}-${own}-${(made += 1)}`; }

export function remember(key, value) { return stored(window.localStorage, `maintplan:${key}`, value); }

/** The session by which the log of the app's server names this page; none in a notebook. */
function session() {
  const config = document.getElementById("jupyter-config-data");
  return config ? JSON.parse(config.textContent).kernelId?.slice(0, 8) : undefined;
}

/** Sets or removes what is at a path of the view. */
export function patch(view, changes) {
  for (const [path, ...value] of changes) {
    let at = view;
    for (const key of path.slice(0, -1)) at = at[key];
    const last = path[path.length - 1];
    if (value.length) at[last] = value[0];
    else delete at[last];
  }
  return view;
}

/** Returns how many characters something to be sent has, roughly. */
function lengthOf(value) {
  if (typeof value === "string") return value.length;
  return value && typeof value === "object" ? Object.values(value).reduce((all, each) => all + lengthOf(each), 0) : 0;
}

export class Client {
  constructor(model, { inApp, redraw }) {
    this.model = model;
    this.inApp = inApp;
    this.own = inApp ? "" : newId(""); // a widget may be shown twice in a notebook, beside others
    this.redraw = redraw;
    this.view = null;
    this.seq = 0;
    this.pending = 0;
    this.session = inApp ? session() : undefined;
    this.drafts = new Map();
    this.answering = false;
    this.kept = new Kept(inApp);
    this.sentOff = new Map();
    this.formWrong = new Map(); // why a form was refused, by form
    this.refusedForm = null;
    this.heard = Date.now();
    this.beat = 0;
    this.lost = null;
    this.message = null;
    this.found = null;
    this.previews = {};
    this.dialog = null;
    this.wanted = null;
    this.left = null; // where one was as a row was asked for
    this.making = {};
    this.looking = {};
    this.seeking = false;
    this.picked = new Map();
    this.opening = null;
    this.ahead = null; // what is typed before the row is there that it is for
    this.moved = false;
    this.listening = (content, buffers) => this.receive(content, buffers);
    model.on("msg:custom", this.listening);
    this.ticking = setInterval(() => this.tick(), BEAT);
    this.retrying = setInterval(() => this.retry(), RETRY);
    this.onOffline = () => this.lose();
    this.onLeave = () => { this.keepPlace(); this.flush(); this.kept.leave(this.comesBack); };
    this.onHide = () => { if (document.visibilityState === "hidden") this.flush(); };
    window.addEventListener("offline", this.onOffline);
    window.addEventListener("pagehide", this.onLeave);
    document.addEventListener("visibilitychange", this.onHide);
  }

  /** The id of an element: its name in the app, in a notebook one that nothing else on the page has. */
  idOf(name) { return `${name}${this.own}`; }

  close() {
    this.kept.close();
    this.model.off("msg:custom", this.listening);
    clearInterval(this.ticking);
    clearInterval(this.retrying);
    window.removeEventListener("offline", this.onOffline);
    window.removeEventListener("pagehide", this.onLeave);
    document.removeEventListener("visibilitychange", this.onHide);
  }

  // ------------------------------------------------------------------------------------------ to the kernel

  post(content, buffers) {
    try {
      this.model.send(content, undefined, buffers);
    } catch {
      this.lose();
    }
  }

  /** Does something at once; what is typed and still waits goes before it. */
  act(name, more = {}, buffers) {
    if (!this.message?.kind) this.message = null; // it was about what was done before
    this.flush();
    return this.send(name, more, buffers);
  }

  /** Opens a plan from the start page, which says so until it is there. */
  open(key, name, more, buffers) {
    if (this.opening) return;
    this.opening = { key, seq: this.act(name, more, buffers) };
    this.message = null;
    this.redraw();
  }

  send(name, more = {}, buffers) {
    if (this.refuses(more)) return this.seq;
    this.seq += 1;
    this.pending += 1;
    this.post({ do: name, seq: this.seq, ...more }, buffers);
    return this.seq;
  }

  /** Says that a text is too long to be sent: the server would end the connection, and a browser keeps no such draft. */
  refuses(more) {
    const long = lengthOf(more);
    const kind = "too long";
    if (long > LONGEST) {
      const [count, limit] = [long, LONGEST].map((each) => each.toLocaleString("en", { maximumSignificantDigits: 3 }));
      this.message = { kind, text: say("too_long", { count, limit }), tone: "high" };
    } else if (this.message?.kind === kind) this.message = null;
    return long > LONGEST;
  }

  // ------------------------------------------------------------------------------------------ what is typed

  /** Takes what was typed; it is sent after a pause, or at once. */
  type(key, name, more, { now = false } = {}) {
    const before = this.drafts.get(key);
    if (before) clearTimeout(before.timer);
    if (this.refuses(more)) {
      this.forget(key);
      this.redraw();
      return;
    }
    const draft = { name, more, at: Date.now(), seq: null };
    this.drafts.set(key, draft);
    this.keepDrafts();
    if (now) {
      this.flushOne(draft);
      this.redraw(); // the next choice goes from this one, however late the kernel answers
    } else draft.timer = setTimeout(() => this.flushOne(draft), PAUSE);
  }

  flushOne(draft) {
    clearTimeout(draft.timer);
    if (draft.seq === null && !this.lost) draft.seq = this.send(draft.name, draft.more);
  }

  flush() {
    for (const draft of this.drafts.values()) this.flushOne(draft);
  }

  /** Whether a field holds something that the kernel has not answered yet. */
  isPending(key) { return this.drafts.has(key) && !this.drafts.get(key).answered; }

  /** What was last chosen in a field and is not answered yet, else the value that the kernel knows. */
  held(key, value) {
    const draft = this.drafts.get(key);
    return draft && !draft.answered && "raw" in draft.more ? draft.more.raw : value;
  }

  /** Does something that a choice stands for; it is shown as chosen until the kernel has answered. */
  pick(key, value, name, more) {
    this.picked.set(key, { value, seq: this.act(name, more) });
    this.redraw();
  }

  chosen(key, value) { return this.picked.get(key)?.value ?? value; }

  /** Forgets what was typed, as Escape does. */
  forget(key) {
    const draft = this.drafts.get(key);
    if (!draft) return;
    clearTimeout(draft.timer);
    this.drafts.delete(key);
    this.keepDrafts();
  }

  answered(seq, saved, refused = false) {
    if (seq == null) return;
    this.pending = this.seq - seq;
    for (const [key, each] of [...this.picked]) if (seq >= each.seq) this.picked.delete(key);
    if (this.opening && seq >= this.opening.seq) this.opening = null;
    if (this.later && seq >= this.later.seq) {
      this.wanted = this.later.wanted;
      this.later = null;
    }
    for (const [key, draft] of [...this.drafts]) {
      if (draft.seq === null || draft.seq > seq) continue;
      draft.answered = true;
      if (saved) this.drafts.delete(key);
    }
    const { ahead } = this;
    if (ahead && seq >= ahead.seq) setTimeout(() => { if (this.ahead === ahead && !this.wanted) this.typeKept(); }, ROW_WITHIN);
    this.keepDrafts();
    for (const [id, { at, lead }] of [...this.sentOff]) {
      if (seq < at) continue;
      this.sentOff.delete(id);
      if (refused && lead) { this.refusedForm = id; continue; } // why is said next; the form stays as it was filled in
      this.keepForm(id, null);
      if (lead) this.lead(lead);
    }
  }

  keepDrafts() {
    const plan = this.view?.plan;
    if (!plan) return;
    this.kept.put("drafts", Object.fromEntries([...this.drafts].map(([key, { name, more, at }]) => [key, { name, more, at }])));
  }

  /** Sends again what an earlier page typed and never saw saved, and what was refused: it stands there as it was typed. */
  bringBack() {
    if (!this.view?.plan || this.view.read_only) return;
    this.beginKept();
    for (const [key, [name, more]] of Object.entries(this.kept.get("refused"))) if (!(key in this.view.refused)) this.send(name, more);
    for (const [key, draft] of Object.entries(this.kept.get("drafts"))) {
      if (this.drafts.has(key)) continue;
      const again = { ...draft, seq: null };
      this.drafts.set(key, again);
      this.flushOne(again);
    }
  }

  beginKept() { this.kept.begin(this.view?.plan, () => { this.bringBack(); this.redraw(); }); }

  /** What stands in a form that was not sent off: words that are nobody's answer yet, and not to be lost. */
  inForm(id) {
    this.beginKept();
    return this.kept.get("forms")[id] ?? null;
  }

  keepForm(id, entries) {
    this.beginKept();
    const { [id]: _before, ...others } = this.kept.get("forms");
    this.kept.put("forms", entries ? { ...others, [id]: entries } : others);
  }

  /**
   * Sends a form off; what stands in it is forgotten when the kernel has it. One that leads to a place stays open until
   * then: it goes there, or says beside what was typed why it was refused.
   */
  sendOff(id, name, more, lead = null) {
    this.formWrong.delete(id);
    if (!this.refuses(more)) this.sentOff.set(id, { at: this.act(name, more), lead });
    this.redraw();
  }

  retry() {
    if (this.view?.saved?.failed && !this.lost && !this.pending) this.send("save"); // one try at a time: each may take a while
  }

  // ------------------------------------------------------------------------------------------ the connection

  /** The kernel as the notebook's front end sees it, where there is one. */
  get kernel() { return this.model.widget_manager?.kernel ?? null; }

  tick() {
    const now = Date.now();
    if (this.asleep && now - this.asleep > 3 * BEAT) this.heard = now; // the computer slept, or the page did
    this.asleep = now;
    const { kernel } = this;
    const silent = now - this.heard;
    if (kernel && (kernel.connectionStatus !== "connected" || /dead|restarting/.test(kernel.status))) {
      this.cut = (this.cut ?? 0) + 1;
      if (this.cut > 1) this.lose();
    } else {
      this.cut = 0;
      // A kernel that is at work answers late. One that is not, and says nothing, is gone; so is a network.
      const works = kernel?.status === "busy" && silent < LONGEST_WORK;
      if (works && silent > SLOW) this.probe();
      else if (!works && silent > LOST_AFTER) this.lose();
    }
    const slow = silent > SLOW && this.pending > 0;
    if (slow !== !!this.slow) { this.slow = slow; this.redraw(); }
    if (Object.keys(this.making).length) this.redraw(); // it says how long already
    this.beat += 1;
    this.post({ do: "ping", n: this.beat });
    if (this.lost && this.inApp) this.lookForServer();
  }

  /** Asks the server whether it is there, without asking the kernel. */
  async ask() {
    await fetch(new URL("healthz", document.baseURI), { cache: "no-store", signal: AbortSignal.timeout(ANSWERS) });
  }

  async probe() {
    if (this.probing || this.lost || !this.inApp) return;
    this.probing = true;
    try { await this.ask(); } catch { this.lose(); } finally { this.probing = false; }
  }

  lose() {
    if (this.lost) return;
    this.keepPlace(); // a control that is switched off loses the focus
    this.lost = { at: Date.now() };
    this.redraw();
  }

  async lookForServer() {
    if (this.seeking) return;
    this.seeking = true;
    try {
      await this.ask();
      if (this.lost) this.lost.server = (this.lost.server ?? 0) + 1;
      // The server answers and our kernel does not: it is gone, and a new one brings the plan back.
      if (this.lost?.server >= 2) this.resume(true);
    } catch {
      if (this.lost) this.lost.server = 0;
    } finally {
      this.seeking = false;
    }
  }

  resume(byItself = false) {
    if (byItself) {
      const last = stored(window.sessionStorage, "maintplan:resumed") ?? 0;
      if (Date.now() - last < 30000) return;
      stored(window.sessionStorage, "maintplan:resumed", Date.now());
    }
    this.keepDrafts();
    this.comesBack = true;
    window.location.reload();
  }

  // ------------------------------------------------------------------------------------------ from the kernel

  receive(content, buffers) {
    this.heard = Date.now();
    if (this.lost) {
      this.lost = null;
      if (this.at?.place && this.at.step === this.view?.at && document.activeElement === document.body) this.wanted = { ...this.at, scroll: window.scrollY };
      for (const draft of this.drafts.values()) draft.seq = null;
      this.flush();
      this.redraw();
    }
    const takes = this[`on_${content.type}`];
    if (takes) takes.call(this, content, buffers);
    if (content.type !== "pong") this.redraw();
  }

  on_pong() {}

  /** Takes the kit's fonts, which a notebook's page does not have; once for all widgets in it. */
  on_fonts({ faces }, buffers) {
    if (document.documentElement.dataset.maintplanFonts) return;
    document.documentElement.dataset.maintplanFonts = "1";
    faces.forEach(({ family, ...more }, at) => {
      new FontFace(family, buffers[at], { display: "swap", ...more }).load().then((face) => document.fonts.add(face)).catch(() => {});
    });
  }

  on_view({ view, seq }) {
    const first = !this.view || this.view.plan !== view.plan;
    const step = this.view ? this.view.at ?? "" : undefined; // the start page is a place too
    this.view = view;
    this.answered(seq, true);
    this.arrived(step);
    if (first) this.bringBack();
  }

  on_patch({ changes, seq, saved, refused }) {
    const step = this.view.at;
    const goes = changes.some(([path]) => path.length === 1 && path[0] === "at");
    // What has the focus goes with its step: leaving it now spares the browser laying out the page in between.
    if (goes) document.activeElement?.closest?.(".mp-plan") && document.activeElement.blur();
    patch(this.view, changes);
    if (changes.some(([path]) => path[0] === "refused")) {
      this.kept.put("refused", this.view.refused);
    }
    this.answered(seq, saved, refused);
    if (saved && !this.view.saved?.failed) this.settle();
    if (this.view.at !== step) this.arrived(step);
  }

  /** Forgets what is saved by now. */
  settle() {
    for (const [key, draft] of [...this.drafts]) if (draft.answered) this.drafts.delete(key);
    this.keepDrafts();
  }

  arrived(before) {
    this.previews = {};
    this.message = null;
    if (before === undefined || before === (this.view.at ?? "")) return;
    this.moved = true;
    if (this.inApp) this.address();
    this.keepPlace(); // a step in which nothing is touched is where one is, too
  }

  address() {
    const url = new URL(window.location.href);
    const { plan, at } = this.view;
    if (plan) url.searchParams.set("plan", plan);
    else url.searchParams.delete("plan");
    if (at && plan) url.searchParams.set("question", at);
    else url.searchParams.delete("question");
    if (url.href !== window.location.href) window.history.replaceState(null, "", url);
  }

  /** The address of what is shown, for somebody else: with the server's key, where it asks for one. */
  link() {
    const url = new URL(window.location.href);
    if (this.key) url.searchParams.set("token", this.key);
    return url.href;
  }

  /** Asks for that key beforehand: a browser lets a page copy only right after a click. */
  async learnKey() {
    if (this.key !== undefined) return;
    this.key = "";
    try {
      const answer = await fetch(new URL("maintplan/key", document.baseURI), { cache: "no-store" });
      if (answer.ok) this.key = await answer.text();
    } catch { this.key = undefined; }
  }

  on_say({ text, tone }) {
    if (this.refusedForm && tone === "high") this.formWrong.set(this.refusedForm, text);
    else this.message = { text, tone };
    this.refusedForm = null;
  }

  on_failed({ reference }) { this.message = { text: say("failed", { reference }), tone: "high", kind: "failed" }; }
  /** Leads to a place as soon as it is there; who has gone on to another control by then stays in it. */
  lead(place) { this.wanted = { place, from: document.activeElement }; }

  /** Whether one has gone on to another control than that from which one is led. */
  hasGoneOn() {
    const now = document.activeElement;
    return !!this.wanted?.from && now !== this.wanted.from && now !== document.body && this.root.contains(now);
  }

  /** Leads to a place; gently, only where nobody has the focus. */
  on_focus({ place, gently }) { this.wanted = { place, from: gently ? document.body : null }; }

  /** Keeps the keys that are pressed before a row that is being added is there: they are meant for its cell. */
  typeAhead(seq) { this.ahead = { seq, keys: [], until: Date.now() + AHEAD }; }

  /** Takes a key for the row that is not there yet; says whether it did. */
  keepsKey(event) {
    if (!this.ahead || MODIFIERS.has(event.key)) return false;
    const meant = event.key.length === 1 || ["Enter", "Tab", "Backspace"].includes(event.key);
    if (Date.now() > this.ahead.until || event.ctrlKey || event.metaKey || event.altKey || !meant) {
      this.ahead = null;
      return false;
    }
    this.ahead.keys.push([event.key, event.shiftKey]);
    return true;
  }

  /** Types the keys that were kept into the cell that has the focus now. */
  typeKept() {
    const keys = this.ahead?.keys ?? [];
    this.ahead = null;
    while (keys.length && !this.ahead) {
      const [key, shiftKey] = keys.shift();
      const box = document.activeElement;
      if (key.length === 1) {
        if (/^(INPUT|TEXTAREA)$/.test(box.tagName)) document.execCommand("insertText", false, key);
      } else if (key === "Backspace") document.execCommand("delete");
      else if (key === "Enter") box.dispatchEvent(new KeyboardEvent("keydown", { key, shiftKey, bubbles: true, cancelable: true }));
      else {
        const cells = [...(box.closest("table")?.querySelectorAll(".mp-cell") ?? [])];
        cells[cells.indexOf(box) + (shiftKey ? -1 : 1)]?.focus();
      }
    }
    if (this.ahead) this.ahead.keys = keys;
  }

  /** Goes to a row that was added or moved, but does not call back who has gone on to another control meanwhile. */
  on_cell({ place, row, column }) {
    const now = document.activeElement;
    if (!this.left || now === this.left || now === document.body) this.wanted = { place, row, column };
  }

  on_found({ text, found }) { this.found = { text, found }; }
  on_preview({ place, html: shown }) { this.previews[place] = shown; }

  on_making({ what }) { this.making[what] ??= Date.now(); }

  /** Has a document made: to be kept, or to be looked at. Its button keeps the focus meanwhile, and does nothing. */
  make(what, look = false) {
    if (this.making[what]) return;
    this.looking[what] = look;
    this.making[what] = Date.now();
    this.act("make", { what });
    this.redraw();
  }

  on_made({ what, name, mime }, buffers) {
    delete this.making[what];
    const bytes = buffers[0];
    if (this.looking[what]) {
      this.dialog = { kind: "look", name, text: new TextDecoder().decode(bytes), what };
      return;
    }
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([bytes], { type: mime }));
    link.download = name;
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    this.message = { text: say("made", { name }), tone: "plain" };
  }

  on_not_made({ what, text }) {
    delete this.making[what];
    this.message = { text, tone: "high" };
  }

  // ------------------------------------------------------------------------------------------ coming back

  /** Remembers where one is: the step, and the control that has the focus or had it last, with the caret in it. */
  keepPlace() {
    if (!this.inApp || !this.view?.plan) return;
    const { at: step, plan } = this.view;
    const box = document.activeElement;
    const place = box?.closest?.("[data-place]")?.dataset.place;
    const kept = this.at?.step === step ? this.at : {};
    const row = box?.closest?.("tr[data-row]")?.dataset.row;
    const here = place ? { place, id: box.id, row, column: row && box.dataset.column, caret: box.selectionStart } : kept;
    this.at = { ...here, step, scroll: window.scrollY };
    stored(window.sessionStorage, PLACE + plan, this.at);
  }

  lastPlace() { return this.view?.plan ? stored(window.sessionStorage, PLACE + this.view.plan) : null; }
}

export { html, render, useState, useEffect, useLayoutEffect, useRef };

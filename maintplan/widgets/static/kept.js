// What a browser keeps of a page: texts that are typed and not saved, what was refused, forms that were not sent off.
//
// Several tabs, or widgets of a notebook, may have the same plan open: each keeps its own, under a name of its own, and
// goes on with it when it is loaded again. What a page that is gone has left is taken over by the next page of that
// plan. Whether one is gone it says as it goes; of one that died without a word, the others learn by asking.

const KEPT = "maintplan:kept:";
const NAME = "maintplan:name";
const ANSWERS_WITHIN = 400;
const COMES_BACK_WITHIN = 60000;

export function stored(area, key, value) {
  try {
    if (value === undefined) return JSON.parse(area.getItem(key) ?? "null");
    if (value === null) area.removeItem(key);
    else area.setItem(key, JSON.stringify(value));
  } catch { /* private windows and full storage: the page works without */ }
  return null;
}

function isEmpty(part) { return !part || Object.keys(part).length === 0; }

export class Kept {
  constructor(ofTab) {
    this.ofTab = ofTab; // a tab keeps its name over a reload; a widget of a notebook is a new one each time
    this.name = (ofTab && stored(window.sessionStorage, NAME)) || Math.random().toString(36).slice(2, 10);
    if (ofTab) stored(window.sessionStorage, NAME, null); // a tab that is duplicated does not get the same
    this.plan = null;
    this.held = {};
    this.living = new Set();
    this.channel = new BroadcastChannel("maintplan");
    this.channel.onmessage = ({ data }) => {
      if (data === "who") this.channel.postMessage(this.name);
      else this.living.add(data);
    };
  }

  /** Begins with a plan: with what this page kept of it, and what those that are gone have left; `late` if more comes. */
  begin(plan, late) {
    if (!plan || plan === this.plan) return;
    this.plan = plan;
    const own = this.key(this.name);
    this.held = stored(window.localStorage, own) ?? {};
    const mayLive = [];
    for (const key of this.keys()) {
      const { open } = stored(window.localStorage, key) ?? {};
      if (key === own || open > Date.now()) continue; // it is being loaded again
      if (open) mayLive.push(key);
      else this.takeOver(key);
    }
    this.write();
    if (!mayLive.length) return;
    this.living.clear();
    this.channel.postMessage("who");
    setTimeout(() => {
      const gone = mayLive.filter((key) => !this.living.has(key.slice(KEPT.length + plan.length + 1)));
      if (!gone.length || this.plan !== plan) return;
      gone.forEach((key) => this.takeOver(key));
      late();
      this.write();
    }, ANSWERS_WITHIN);
  }

  key(name) { return `${KEPT}${this.plan}:${name}`; }

  keys() {
    try { return Object.keys(window.localStorage).filter((key) => key.startsWith(this.key(""))); } catch { return []; }
  }

  takeOver(key) {
    const { open, ...left } = stored(window.localStorage, key) ?? {};
    for (const [part, entries] of Object.entries(left)) this.held[part] = { ...entries, ...this.held[part] };
    stored(window.localStorage, key, null);
  }

  get(part) { return this.held[part] ?? {}; }

  put(part, entries) {
    if (isEmpty(entries) && isEmpty(this.held[part])) return;
    this.held[part] = entries;
    this.write();
  }

  write(open = 1) {
    if (!this.plan) return;
    const filled = Object.entries(this.held).filter(([, entries]) => !isEmpty(entries));
    stored(window.localStorage, this.key(this.name), filled.length ? { ...Object.fromEntries(filled), open } : null);
  }

  /** Says that the page goes: for good, as far as it knows, or to be loaded again. */
  leave(comesBack) {
    this.write(comesBack ? Date.now() + COMES_BACK_WITHIN : 0);
    if (this.ofTab) stored(window.sessionStorage, NAME, this.name);
  }

  close() {
    this.leave(false);
    this.channel.close();
  }
}

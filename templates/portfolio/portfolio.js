"use strict";
// Filters and sorting of the map. Without scripts the page shows everything, in its own order. What is chosen stands
// in the address (#status=draft&sort=-high), so that it can be sent on, and so that numbers elsewhere lead here.
const $ = (what) => document.querySelector(what);
const body = $("#map tbody");
const rows = [...body.rows];
const heads = [...document.querySelectorAll("#map thead th[data-name]")];
const fields = [...document.querySelectorAll(".filters [name]")];
const rules = JSON.parse($("#rules").textContent);
const first = heads.findIndex((each) => each.classList.contains("part"));
const last = heads.length;

const facts = rows.map((row, at) => ({
  row, at, name: row.cells[0].textContent, text: row.dataset.text, tier: row.cells[1].textContent,
  stage: row.cells[2].textContent, owner: row.dataset.owner, status: row.dataset.status, way: row.cells[3].textContent,
  high: row.cells[4].textContent, medium: row.cells[5].textContent,
  parts: first < 0 ? [] : [...row.cells].slice(first).map((cell) => cell.dataset.p?.split(" ").map(Number)),
}));
for (const [rule, { title, rows: of }] of Object.entries(rules).sort((one, other) => one[1].title.localeCompare(other[1].title)))
  $("[name=rule]").add(new Option(`${title} (${of.length})`, rule));

let sorted = "";
function sort(by) {
  if (by === sorted) return;
  sorted = by;
  const name = by.replace(/^-/, "");
  const column = heads.findIndex((each) => each.dataset.name === name);
  heads.forEach((each) => each.removeAttribute("aria-sort"));
  const way = by.startsWith("-") ? -1 : 1;
  if (column >= 0) heads[column].setAttribute("aria-sort", way < 0 ? "descending" : "ascending");
  const text = new Intl.Collator(undefined, { numeric: true });
  const weight = (part) => (part ? part[2] * 1e6 + part[3] * 1e3 + part[1] - part[0] : -1);
  const compare = {
    service: (one, other) => text.compare(one.name, other.name),
    tier: (one, other) => text.compare(one.tier, other.tier),
    stage: (one, other) => text.compare(one.stage, other.stage),
    status: (one, other) => text.compare(one.way, other.way),
    high: (one, other) => one.high - other.high || one.medium - other.medium,
    medium: (one, other) => one.medium - other.medium || one.high - other.high,
  }[name] ?? ((one, other) => weight(one.parts[column - first]) - weight(other.parts[column - first]));
  const order = column < 0 ? facts : [...facts].sort((one, other) => compare(one, other) * way || one.at - other.at);
  body.append(...order.map((each) => each.row));
}

function add(shown) {
  const sum = $("#sum").cells;
  for (const [at, name] of [[4, "high"], [5, "medium"]]) sum[at].textContent = shown.reduce((all, each) => all + Number(each[name]), 0).toLocaleString("en");
  for (let at = first; first > 0 && at < last; at += 1) {
    const parts = shown.map((each) => each.parts[at - first]).filter(Boolean);
    const total = (which) => parts.reduce((all, part) => all + part[which], 0);
    sum[at].firstChild.data = parts.length ? `${Math.floor((100 * total(0)) / total(1))} %` : "–";
    sum[at].lastChild.textContent = `${parts.filter((part) => part[2]).length} high`;
  }
}

function filter() {
  const given = fields.filter((each) => each.value);
  const of = new Set(rules[$("[name=rule]").value]?.rows);
  const tests = given.map(({ name, value }) => (each) =>
    name === "text" ? each.text.includes(value.trim().toLowerCase()) : name === "rule" ? of.has(each.at) : each[name] === value);
  const shown = facts.filter((each) => {
    const fits = tests.every((test) => test(each));
    if (each.row.hidden === fits) each.row.hidden = !fits;
    return fits;
  });
  $("#shown").textContent = `${shown.length} of ${rows.length} ${rows.length === 1 ? "service" : "services"}`;
  $("#clear").hidden = !given.length;
  $("#none").hidden = shown.length > 0;
  add(shown);
}

function keep() {
  const asked = new URLSearchParams(fields.filter((each) => each.value).map((each) => [each.name, each.value]));
  if (sorted) asked.set("sort", sorted);
  history.replaceState(null, "", asked.size ? `#${asked}` : location.pathname + location.search);
}

function follow(event) {
  if (!location.hash.includes("=")) return;
  const asked = new URLSearchParams(location.hash.slice(1));
  for (const each of fields) {
    each.value = asked.get(each.name) ?? "";
    if (each.selectedIndex === -1) each.value = "";
  }
  sort(asked.get("sort") ?? "");
  filter();
  if (event) $("#readiness").scrollIntoView();
}

for (const each of fields) each.addEventListener("input", () => { filter(); keep(); });
$("#clear").addEventListener("click", () => {
  for (const each of fields) each.value = "";
  filter();
  keep();
  fields[0].focus();
});
$("#map thead").addEventListener("click", ({ target }) => {
  const head = target.closest("button")?.closest("th");
  if (!head) return;
  // Words begin at their first, numbers and findings at their most; the third time is the page's own order.
  const ways = heads.indexOf(head) < 4 ? ["", "-"] : ["-", ""];
  const orders = [...ways.map((way) => way + head.dataset.name), ""];
  sort(orders[orders.indexOf(sorted) + 1] ?? orders[0]);
  keep();
});
addEventListener("hashchange", follow);
filter();
follow();
// On a narrow screen rows become records: each cell then says its own heading.
for (const table of document.querySelectorAll(".wide table")) {
  const said = [...table.tHead.rows[0].cells].map((each) => each.textContent);
  for (const row of table.tBodies[0].rows) for (const cell of row.cells) if (cell.tagName === "TD") cell.dataset.head = said[cell.cellIndex];
}

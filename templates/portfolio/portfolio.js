"use strict";
// Filters and sorting of the map. Without scripts the page shows everything, in the manifest's order.
const body = document.querySelector("#map tbody");
const rows = body ? [...body.rows] : [];
const shown = document.querySelector("#shown");
const inputs = [...document.querySelectorAll("[data-filter]")];
const asked = new URLSearchParams(location.hash.slice(1));
for (const each of inputs) if (asked.has(each.name)) each.value = asked.get(each.name);
function filter() {
  let count = 0;
  const given = new URLSearchParams();
  for (const each of inputs) if (each.value) given.set(each.name, each.value);
  for (const row of rows) {
    const fits = inputs.every((each) => !each.value || (each.name === "text"
      ? row.dataset.text.includes(each.value.toLowerCase())
      : row.dataset[each.name] === each.value));
    row.hidden = !fits;
    count += fits;
  }
  shown.textContent = `${count} of ${rows.length}`;
  history.replaceState(null, "", given.size ? `#${given}` : location.pathname + location.search);
}
for (const each of inputs) each.addEventListener("input", filter);
const number = new Intl.Collator(undefined, { numeric: true });
document.querySelectorAll("#map thead button").forEach((button) => button.addEventListener("click", () => {
  const head = button.closest("th");
  const down = head.getAttribute("aria-sort") === "ascending";
  document.querySelectorAll("#map thead th").forEach((each) => each.removeAttribute("aria-sort"));
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
  const key = (row) => row.cells[head.cellIndex].dataset.key ?? row.cells[head.cellIndex].textContent.trim();
  rows.sort((one, other) => number.compare(key(one), key(other)) * (down ? -1 : 1));
  body.append(...rows);
}));
if (body) filter();

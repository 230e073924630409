// The table: cells like a spreadsheet's where there is room, small records where there is not. One set of elements
// for both; the style sheet decides. Every cell is a real control with a name, so that it works with any keyboard and
// any screen reader; arrows, Enter and Alt add a spreadsheet's shortcuts.

import { html, say, useState, useEffect, useLayoutEffect, useRef, newId } from "./core.js";
import { useText, typing } from "./fields.js";
import { Schedule } from "./schedule.js";

const FIRST = 60;
// What comes with its step: some rows, and of a list only what is chosen. The others come right after it.
const AT_ONCE = 8;
const CELLS_AT_ONCE = 48;
const MENU = 34;
const FOOT = 70;
// Widths are those of letters of the usual size.
const SCALE = (parseFloat(getComputedStyle(document.documentElement).fontSize) || 16) / 16;
const PLAN = 696 * SCALE;
const MOST_NAME = 200 * SCALE;
const SHARES = { text: 3, markdown: 3, url: 3, reference: 2.1, choice: 2.1, several: 2.4, schedule: 2.4, date: 2, boolean: 1.3, duration: 1.6, percent: 1.1, integer: 1.2, number: 1.3, version: 1.3 };
const LEAST = { text: 120, markdown: 140, url: 150, reference: 150, choice: 110, several: 130, schedule: 130, date: 132, boolean: 76, duration: 104, percent: 72, integer: 84, number: 84, version: 80 };

export function Table({ client, field, id, off }) {
  const [all, setAll] = useState(false);
  const [more, setMore] = useState(false);
  const wrap = useRef(null);
  useLayoutEffect(() => { if (all) wrap.current?.querySelectorAll("tbody tr")[FIRST]?.querySelector(".mp-cell")?.focus(); }, [all]); // its button is gone
  const [menu, setMenu] = useState(null);
  const { order, items } = field.rows;
  const [begun, setBegun] = useState(order.length * field.columns.length <= CELLS_AT_ONCE || client.wanted?.place?.startsWith(`${field.place}[`));
  useEffect(() => {
    if (begun) return undefined;
    const later = setTimeout(() => { setBegun(true); client.redraw(); }, 50);
    return () => clearTimeout(later);
  }, []);
  const hidden = field.columns.filter((column) => column.more).length;
  const columns = field.columns.filter((column) => more || !column.more);
  const shown = order.slice(0, all ? order.length : begun ? FIRST : AT_ONCE);
  const marks = new Map((client.view.notes[field.place] ?? []).filter((note) => note.at && note.tone !== "muted").map((note) => [note.at, note.tone]));
  const total = columns.reduce((sum, column) => sum + share(column), 0);
  const names = longest(field);
  const leastOf = (column) => Math.max(leastWidth(column), column.key ? names : 0);
  const least = columns.reduce((sum, column) => sum + leastOf(column), off ? 0 : MENU);
  const rest = Math.max(0, PLAN - least);
  const width = (column) => ((leastOf(column) + (rest * share(column)) / total) / Math.max(PLAN, least)) * 100;
  const ids = columns.map((column) => column.id);
  const fixed = columns.findIndex((column) => column.key);
  const name = fixed < 0 ? 0 : (width(columns[fixed]) * Math.max(PLAN, least)) / 100;
  const row = (what, rowId, column) => {
    client.left = document.activeElement;
    const seq = client.act("row", { place: field.place, what, row: rowId, column });
    if (what === "add") client.typeAhead(seq);
  };

  const paste = (event, rowId, column) => {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (off || !(text.includes("\t") || text.trim().includes("\n"))) return;
    event.preventDefault();
    client.act("paste", { place: field.place, row: rowId ?? null, column: column ?? null, columns: ids, text });
  };

  const keys = (event, rowId, column) => {
    const at = order.indexOf(rowId);
    const box = event.target;
    if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown") && !off) {
      event.preventDefault();
      row(event.key === "ArrowUp" ? "up" : "down", rowId, column);
    } else if (event.altKey && event.key === "Delete" && !off) {
      event.preventDefault();
      row("remove", rowId, column);
    } else if (event.altKey && event.key === "Enter" && !off) {
      event.preventDefault();
      row("add", rowId, ids[0]);
    } else if (event.key === "Enter" && !event.shiftKey && box.tagName !== "BUTTON") {
      event.preventDefault();
      client.flush();
      if (at === order.length - 1 && !off) row("add", null, column);
      else focusCell(box, field.place, order[at + (event.shiftKey ? -1 : 1)], column);
    } else if ((event.key === "ArrowUp" || event.key === "ArrowDown") && box.tagName !== "SELECT" && box.type !== "date" && onEdgeLine(box, event.key)) {
      const to = order[at + (event.key === "ArrowUp" ? -1 : 1)];
      if (to && focusCell(box, field.place, to, column)) event.preventDefault();
    } else if ((event.key === "ArrowLeft" || event.key === "ArrowRight") && atEdge(box, event.key)) {
      const next = ids[ids.indexOf(column) + (event.key === "ArrowLeft" ? -1 : 1)];
      if (next && focusCell(box, field.place, rowId, next)) event.preventDefault();
    }
  };

  return html`<div class="mp-table-wrap" ref=${wrap}>
    <div class="mp-scroll" role="region" aria-labelledby="${id}-label" tabindex=${least > PLAN || off || client.lost ? 0 : null} data-wide=${least > PLAN ? "1" : null} style="--name:${name}px">
    <table class="mp-table" role="table" aria-labelledby="${id}-label" aria-describedby="${id}-keys" style="--least:${least}px" onPaste=${(event) => paste(event)}>
      <colgroup>${columns.map((column) => html`<col style="width:${width(column)}%" />`)}${!off && html`<col class="mp-menu-col" />`}</colgroup>
      ${order.length > 0 && html`<thead role="rowgroup"><tr role="row">
        ${columns.map((column) => html`<th role="columnheader" scope="col" data-kind=${column.kind}>${column.label}</th>`)}
        ${!off && html`<th role="columnheader" scope="col"><span class="mp-sr">${say("row_actions")}</span></th>`}</tr></thead>`}
      <tbody role="rowgroup">
        ${shown.map((rowId, index) => {
          const item = items[rowId];
          const name = item.name || say("row_number", { row: field.row, number: index + 1 });
          return html`<tr key=${rowId} role="row" data-row=${rowId} data-tone=${marks.get(field.place + item.at)} data-at=${field.place + item.at}>
            ${columns.map((column) => html`<td role="cell" key=${column.id} data-kind=${column.kind} data-key=${column.key ? "1" : null}
              data-at="${field.place}${item.at}.${column.id}" data-tone=${marks.get(`${field.place}${item.at}.${column.id}`)} data-wrong=${item.wrong[column.id] ? "1" : null}>
              <span class="mp-cell-label" aria-hidden="true">${column.label}</span>
              <${Cell} client=${client} field=${field} column=${column} row=${rowId} index=${index} item=${item} name=${name} off=${off} brief=${!begun}
                keys=${(event) => keys(event, rowId, column.id)} paste=${(event) => paste(event, rowId, column.id)} />
            </td>`)}
            ${!off && html`<td role="cell" class="mp-row-actions"><${RowMenu} name=${name} open=${menu === rowId}
              toggle=${() => setMenu(menu === rowId ? null : rowId)} close=${() => setMenu(null)}
              first=${index === 0} last=${index === order.length - 1} act=${(what) => { setMenu(null); row(what === "below" ? "add" : what, rowId, ids[0]); }} /></td>`}
          </tr>`;
        })}
      </tbody>
    </table></div>
    <p class="mp-sr" id="${id}-keys">${say("table_keys")}</p>
    <div class="mp-commands mp-table-foot">
      ${!off && html`<button type="button" class="mp-command" id=${id} data-add="1" onClick=${() => row("add", null, ids[0])} onPaste=${(event) => paste(event)}>${say(/^[aeiou]/i.test(field.row) ? "add_an_row" : "add_row", { row: field.row })}</button>
        <span class="mp-muted">${say("paste_hint")}</span>`}
      ${order.length > FIRST && !all && html`<button type="button" class="mp-command" onClick=${() => setAll(true)}>${say("show_rows", { count: order.length })}</button>`}
      ${hidden > 0 && order.length > 0 && html`<button type="button" class="mp-command mp-quiet" aria-pressed=${more} onClick=${() => setMore(!more)}>${more ? say("fewer_columns") : say(hidden === 1 ? "more_column" : "more_columns", { count: hidden })}</button>`}
    </div>
  </div>`;
}

/** The width of the longest word among the names of rows, in pixels: a name is not broken, unless it is very long. */
function longest({ rows: { order, items } }) {
  const words = order.slice(0, FIRST).flatMap((row) => items[row].name.split(/[\s/-]+/));
  return Math.min(MOST_NAME, (Math.max(0, ...words.map((each) => each.length)) * 7.6 + 22) * SCALE);
}

/** The least width at which a column's cells and its heading show in full, in pixels. */
function leastWidth(column) {
  const word = Math.max(...column.label.split(/[\s/-]+/).map((each) => each.length)) * 7.6 + 22;
  const options = column.kind === "choice" ? Math.max(0, ...column.control.options.map(([, label]) => label.length)) * 7.3 + 24 : 0;
  return Math.max(LEAST[column.kind] ?? 120, word, Math.min(options, 200)) * SCALE;
}

function share(column) { return (SHARES[column.kind] ?? 2) * (column.key ? 0.85 : 1); }

function atEdge(box, key) {
  if (box.tagName === "SELECT") return true;
  if (box.selectionStart == null || box.selectionStart !== box.selectionEnd) return false;
  return key === "ArrowLeft" ? box.selectionStart === 0 : box.selectionEnd === box.value.length;
}

function onEdgeLine(box, key) {
  if (box.tagName !== "TEXTAREA" || box.selectionStart == null) return true;
  const text = box.value;
  return key === "ArrowUp" ? !text.slice(0, box.selectionStart).includes("\n") : !text.slice(box.selectionEnd).includes("\n");
}

function focusCell(from, place, row, column) {
  const table = from.closest(".mp-table");
  const cell = table?.querySelector(`tr[data-row="${row}"] [data-column="${column}"]`);
  if (!cell) return false;
  cell.focus();
  cell.select?.();
  return true;
}

function Cell({ client, field, column, row, index, item, name, off, brief, keys, paste }) {
  const [id] = useState(() => newId("c"));
  const wrong = item.wrong[column.id];
  const [value, shown] = item.cells[column.id] ?? ["", ""];
  const key = `${field.place}|${row}|${column.id}`;
  const more = { place: field.place, row, column: column.id, index };
  const { type } = column.control;
  const held = client.held(key, value);
  const ref = useText(client, key, value, wrong);
  const label = say("cell", { row: name, column: column.label });
  const common = {
    "aria-label": label, "aria-invalid": wrong ? "true" : null, "aria-describedby": wrong ? `${id}-wrong` : null,
    "data-column": column.id, disabled: off || undefined, onKeyDown: keys, onPaste: paste,
  };
  const problem = wrong && html`<span class="mp-wrong" id="${id}-wrong" role="alert">${wrong.why}</span>`;
  const put = (raw) => client.type(key, "cell", { ...more, raw }, { now: true });

  if ((type === "choice" || type === "reference") && !(wrong && typeof wrong.raw === "string" && wrong.raw)) {
    const known = column.control.options;
    const lost = type === "reference" && held && !known.some(([each]) => each === held);
    const options = known.filter(([each]) => !brief || each === held);
    if (lost) options.push([held, say("gone_row", { value: held })]);
    return html`<select class="mp-cell" ...${common} aria-invalid=${lost || wrong ? "true" : null} value=${held} onChange=${(event) => put(event.target.value)}>
      <option value="" selected=${!held}></option>
      ${options.map(([each, text]) => html`<option value=${each} selected=${each === held}>${column.control.yesno ? say(each === "true" ? "yes" : "no") : text}</option>`)}
    </select>${problem}`;
  }
  if (type === "several" && !wrong) return html`<${SeveralCell} value=${held || []} shown=${shown} options=${column.control.options} common=${common} put=${put} />`;
  if (type === "schedule" && !wrong) return html`<${ScheduleCell} client=${client} value=${held} shown=${shown} common=${common} put=${put} label=${label} id=${id} off=${off} />`;
  const listen = typing(client, key, "cell", more, value);
  const both = (event) => { listen.onKeyDown(event); if (!event.defaultPrevented) keys(event); };
  const base = { ...common, ...listen, onKeyDown: both, ref };
  if (type === "date" && !wrong) return html`<input class="mp-cell" type="date" data-blank=${held ? null : ""} ...${base} />`;
  const line = type === "line" || type === "date";
  if (line) return html`<input class="mp-cell${column.control.mono ? " mp-mono" : ""}" inputmode=${column.control.mode ?? null} autocomplete="off" ...${base} />${problem}`;
  return html`<textarea class="mp-cell mp-growing${column.control.mono ? " mp-mono" : ""}" rows="1" ...${base}></textarea>${problem}`;
}

/** A menu that leaves the table's own scrolling alone: it stands at its button on the screen, and goes when that moves. */
function useMenu(open, close) {
  const ref = useRef(null);
  useLayoutEffect(() => {
    if (!open) return undefined;
    const menu = ref.current.querySelector(".mp-menu");
    const at = ref.current.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = menu;
    // What a notebook puts around its cells is where "fixed" begins there, and not the screen.
    Object.assign(menu.style, { position: "fixed", inset: "0 auto auto 0" });
    const zero = menu.getBoundingClientRect();
    const left = menu.classList.contains("mp-menu-end") ? at.right - width : at.left;
    const below = at.bottom + height < window.innerHeight - FOOT;
    const top = below ? at.bottom : Math.max(8, at.top - height);
    menu.style.top = `${top - zero.top}px`;
    menu.style.left = `${Math.min(Math.max(8, left), window.innerWidth - width - 8) - zero.left}px`;
    const away = (event) => { if (!ref.current?.contains(event.target)) close(); };
    document.addEventListener("pointerdown", away);
    const moved = (event) => { // a scroll that ended before the menu opened is told of late
      const now = ref.current?.getBoundingClientRect();
      if (!now || Math.abs(now.top - at.top) + Math.abs(now.left - at.left) > 1) away(event);
    };
    document.addEventListener("scroll", moved, true);
    return () => { document.removeEventListener("pointerdown", away); document.removeEventListener("scroll", moved, true); };
  }, [open]);
  return ref;
}

function SeveralCell({ value, shown, options, common, put }) {
  const [open, setOpen] = useState(false);
  const ref = useMenu(open, () => setOpen(false));
  const flip = (key, on) => put(on ? [...value, key] : value.filter((each) => each !== key));
  const leave = (event) => { if (event.key === "Escape" && open) { event.stopPropagation(); setOpen(false); ref.current.querySelector("button").focus(); } };
  return html`<div class="mp-cell-menu" ref=${ref} onKeyDown=${leave}>
    <button type="button" class="mp-cell" ...${common} aria-expanded=${open} onClick=${() => setOpen(!open)}>${shown || "\u00a0"}</button>
    ${open && html`<div class="mp-menu mp-menu-wide" role="group" aria-label=${common["aria-label"]}>
      ${(options ?? []).map(([key, label]) => html`<label class="mp-radio"><input type="checkbox" checked=${value.includes(key)} onChange=${(event) => flip(key, event.target.checked)} /><span>${label}</span></label>`)}
    </div>`}
  </div>`;
}

function ScheduleCell({ client, value, shown, common, put, label, id, off }) {
  const [open, setOpen] = useState(false);
  const ref = useMenu(open, () => setOpen(false));
  const leave = (event) => { if (event.key === "Escape" && open) { event.stopPropagation(); setOpen(false); ref.current.querySelector("button").focus(); } };
  return html`<div class="mp-cell-menu" ref=${ref} onKeyDown=${leave}>
    <button type="button" class="mp-cell" ...${common} aria-expanded=${open} onClick=${() => setOpen(!open)}>${shown || "\u00a0"}</button>
    ${open && html`<div class="mp-menu mp-menu-wide" role="group" aria-label=${label}>
      <${Schedule} client=${client} id="${id}-s" field=${{ edit: value, place: id }} put=${put} off=${off} />
    </div>`}
  </div>`;
}

function RowMenu({ name, open, toggle, close, first, last, act }) {
  const ref = useMenu(open, close);
  const leave = (event) => { if (event.key === "Escape" && open) { event.stopPropagation(); close(); ref.current.querySelector("button").focus(); } };
  return html`<div class="mp-cell-menu" ref=${ref} onKeyDown=${leave}>
    <button type="button" class="mp-dots" aria-expanded=${open} aria-label=${say("row_menu", { name })} onClick=${toggle}><span aria-hidden="true">⋯</span></button>
    ${open && html`<div class="mp-menu mp-menu-end" role="group" aria-label=${say("row_menu", { name })}>
      ${!first && html`<button type="button" class="mp-menu-item" onClick=${() => act("up")}>${say("move_up")}</button>`}
      ${!last && html`<button type="button" class="mp-menu-item" onClick=${() => act("down")}>${say("move_down")}</button>`}
      <button type="button" class="mp-menu-item" onClick=${() => act("below")}>${say("insert_below")}</button>
      <button type="button" class="mp-menu-item" onClick=${() => act("remove")}>${say("remove")}</button>
    </div>`}
  </div>`;
}

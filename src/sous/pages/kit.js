"use strict";
const search = document.getElementById("search"), count = document.getElementById("count");
const MOST = 1000;  // rows shown at once: a browser lays out no more without delay
const rows = () => [...document.querySelectorAll(".wide tbody tr:not(.details)")];
const texts = new Map();
function details(row) {  // what a button in the row opens below it
  return row.nextElementSibling?.matches(".details") ? row.nextElementSibling : null;
}
function text(row) {
  if (!texts.has(row)) texts.set(row, `${row.textContent}\n${details(row)?.textContent ?? ""}`.toLowerCase());
  return texts.get(row);
}
const ranks = new Map([...search?.form.querySelectorAll("option:not([value])") ?? []].map((one) => [one.value, one.index]));
function mark(row) {  // the class of what a row has in bold, which is one of the choices
  return row.querySelector("b")?.className ?? "";
}
function filter() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const chosen = [...search.form.querySelectorAll("select")].filter((choice) => choice.value);
  const every = rows();
  let shown = 0;
  for (const row of every) {
    const fits = words.every((word) => text(row).includes(word)) &&
      chosen.every((choice) => (row.dataset[choice.name] ?? mark(row)).split(",").includes(choice.value));
    shown += fits;
    row.hidden = !fits || shown > MOST;
    if (details(row)) details(row).hidden = row.hidden || row.querySelector("[aria-controls]").ariaExpanded !== "true";
  }
  for (const button of document.querySelectorAll("[data-filter]")) {
    button.ariaPressed = String(search.form.elements[button.dataset.filter].value === button.dataset.to);
  }
  count.textContent = `${shown} of ${every.length}` + (shown > MOST ? `, the first ${MOST} are shown` : "");
}
function value(row, column) {
  const cell = row.cells[column], said = String(ranks.get(mark(cell)) ?? cell.dataset.value ?? cell.textContent);
  return said !== "" && !isNaN(said) ? Number(said) : said.toLowerCase();
}
function sort(head) {
  const column = head.cellIndex, before = head.getAttribute("aria-sort");
  const down = before ? before !== "descending" : head.matches(".number");  // numbers from the largest
  for (const other of head.parentElement.cells) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
  const body = head.closest("table").tBodies[0];
  const sorted = [...body.querySelectorAll("tr:not(.details)")].map((row) => [value(row, column), row]);
  sorted.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0) * (down ? -1 : 1));
  body.append(...sorted.flatMap(([, row]) => [row, details(row)].filter(Boolean)));
  if (search) filter();
}
function go(step) {
  const shown = rows().filter((row) => !row.hidden), at = shown.findIndex((row) => row.matches(".here"));
  const next = shown[at < 0 ? (step > 0 ? 0 : shown.length - 1) : at + step];
  if (!next) return;
  for (const row of rows()) row.classList.remove("here");
  next.classList.add("here");
  next.tabIndex = -1;
  next.focus();
}
document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.matches("th button")) sort(button.parentElement);
  else if (button.dataset.filter) {
    const choice = search.form.elements[button.dataset.filter];
    choice.value = choice.value === button.dataset.to ? "" : button.dataset.to;
    filter();
  } else {
    button.ariaExpanded = String(button.ariaExpanded !== "true");
    filter();
  }
});
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !search) return;
  const typing = event.target.matches("input, select");
  if (event.key === "Escape" && event.target === search) {
    search.value = "";
    filter();
    search.blur();
  } else if (typing) {
    return;
  } else if (event.key === "Enter" && event.target.matches("tr")) {
    event.target.querySelector("a, button")?.click();
  } else if (event.key === "/") {
    event.preventDefault();
    search.focus();
  } else if (event.key === "j" || event.key === "k") {
    go(event.key === "j" ? 1 : -1);
  }
});
if (search) {
  search.form.addEventListener("input", filter);
  search.form.addEventListener("submit", (event) => event.preventDefault());
  filter();
}

"use strict";
const rows = [...document.querySelectorAll("tr.row")].map((row) => ({ row, details: row.nextElementSibling }));
const by = (id) => document.getElementById(id);
const severities = [...(by("severity") || { options: [] }).options].map((option) => option.value).filter(Boolean);
function filter() {
  const words = by("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  const state = by("state").value, worst = severities.indexOf(by("severity").value), tag = by("tag") ? by("tag").value : "";
  let shown = 0;
  for (const { row, details } of rows) {
    const fits = words.every((word) => row.dataset.search.includes(word)) && (!state || row.dataset.state === state)
      && (worst < 0 || Number(row.dataset.worst) <= worst) && (!tag || row.dataset.tags.split(",").includes(tag));
    row.hidden = !fits;
    details.hidden = !fits || row.querySelector(".more").getAttribute("aria-expanded") !== "true";
    shown += fits;
  }
  by("count").textContent = `${shown} of ${rows.length}`;
  by("none").hidden = shown > 0;
}
function value(row, column) {
  const cell = row.cells[column];
  const said = cell.dataset.value ?? cell.textContent.toLowerCase();
  return said !== "" && !isNaN(said) ? Number(said) : said;
}
function sort(button) {
  const head = button.parentElement, column = Number(button.dataset.column);
  const before = head.getAttribute("aria-sort");
  const down = before ? before !== "descending" : column > 0;  // names from a to z, numbers from the largest
  for (const other of head.parentElement.cells) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
  rows.sort((one, other) => {
    const a = value(one.row, column), b = value(other.row, column);
    return (a < b ? -1 : a > b ? 1 : 0) * (down ? -1 : 1);
  });
  document.querySelector("#fleet tbody").append(...rows.flatMap(({ row, details }) => [row, details]));
}
function open(button) {
  const opens = button.getAttribute("aria-expanded") !== "true";
  button.setAttribute("aria-expanded", String(opens));
  by(button.getAttribute("aria-controls")).hidden = !opens;
}
document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.matches(".more")) open(button);
  else if (button.dataset.filter) {
    const choice = by(button.dataset.filter);
    choice.value = choice.value === button.dataset.to ? "" : button.dataset.to;
    filter();
  } else sort(button);
});
document.addEventListener("keydown", (event) => {
  const search = by("search"), step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "/" && !event.target.matches("input, select")) {
    event.preventDefault();
    search.focus();
  } else if (event.key === "Escape" && event.target === search) {
    search.value = "";
    filter();
  } else if (step && !event.target.matches("select")) {  // from one repository to the next
    const shown = rows.filter(({ row }) => !row.hidden).map(({ row }) => row.querySelector(".more"));
    const at = shown.indexOf(event.target), next = shown[at < 0 ? (event.target === search ? 0 : -1) : at + step];
    if (next) {
      event.preventDefault();
      next.focus();
    }
  }
});
document.querySelector("form").addEventListener("input", filter);
document.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
filter();

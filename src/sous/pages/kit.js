"use strict";
const search = document.getElementById("search"), count = document.getElementById("count");
const rows = () => [...document.querySelectorAll(".wide tbody tr")];
function filter() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const chosen = [...search.form.querySelectorAll("select")].filter((choice) => choice.value);
  let shown = 0;
  for (const row of rows()) {
    row.hidden = !words.every((word) => row.textContent.toLowerCase().includes(word)) ||
      !chosen.every((choice) => row.dataset[choice.name] === choice.value);
    shown += !row.hidden;
  }
  count.textContent = `${shown} of ${rows().length}`;
}
function value(row, column) {
  const cell = row.cells[column], said = cell.dataset.value ?? cell.textContent;
  return said !== "" && !isNaN(said) ? Number(said) : said.toLowerCase();
}
function sort(head) {
  const column = head.cellIndex, before = head.getAttribute("aria-sort");
  const down = before ? before !== "descending" : head.matches(".number");  // numbers from the largest
  for (const other of head.parentElement.cells) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
  const body = head.closest("table").tBodies[0];
  body.append(...[...body.rows].sort((one, other) => {
    const a = value(one, column), b = value(other, column);
    return (a < b ? -1 : a > b ? 1 : 0) * (down ? -1 : 1);
  }));
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
  const button = event.target.closest("th button");
  if (button) sort(button.parentElement);
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
    event.target.querySelector("a")?.click();
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

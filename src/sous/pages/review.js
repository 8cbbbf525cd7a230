const { places, definitions, files } = JSON.parse(document.getElementById("code").textContent);
const aside = document.querySelector("aside");
const lines = files.map(([, , runs]) => new Map(runs.flatMap(([first, run]) => run.split("\n").map((line, at) => [first + at, line]))));
const wrong = [...document.querySelectorAll(".report a.unproven, .report a.moved")].map((link) => Number(link.id.slice(1)));
function made(name, attributes, ...parts) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...parts);
  return element;
}
function colored(line, names) {
  const bar = line.indexOf("|"), letters = [...line.slice(bar + 1)], parts = [];
  let at = 0;
  for (const [, kind, count] of line.slice(0, bar).matchAll(/([a-z_])(\d*)/g)) {
    if (kind === "i") {
      parts.push(" ".repeat(count));
      continue;
    }
    const text = letters.slice(at, at += Number(count || 1)).join("");
    const inner = "nf".includes(kind) && Object.hasOwn(names, text) ? made("a", { href: `#d${names[text]}` }, text) : text;
    parts.push(kind === "_" || kind === "n" ? inner : made("span", { class: kind }, inner));
  }
  return [...parts, letters.slice(at).join("")];
}
function code([file, first, end, hit, behind]) {
  if (file === undefined) return [];
  const [path, names] = files[file], shown = made("pre", { tabindex: 0, role: "region", "aria-label": path });
  for (let number = first; number < end; number++) {
    if (!lines[file].has(number)) continue;
    const kind = number >= hit && number < behind ? "line hit" : "line";
    shown.append(made("span", { class: kind }, made("i", {}, String(number)),
      made("span", {}, ...colored(lines[file].get(number), names))));
  }
  return [made("p", { class: "dim" }, path), shown];
}
function reference(id, number) {
  const [verdict, text, why] = document.querySelector(`.wide tbody a[href="#${id}"]`).closest("tr").cells;
  const at = wrong.indexOf(number), near = at < 0 ? [] : [["previous problem", wrong[at - 1]], ["next problem", wrong[at + 1]]];
  const links = near.filter(([, to]) => to !== undefined).map(([shown, to]) => made("a", { href: `#c${to}` }, shown));
  if (document.getElementById(`r${number}`)) links.unshift(made("a", { href: `#r${number}` }, "in the text"));
  return [made("nav", { "aria-label": `Reference ${number + 1}` }, ...links),
    made("h2", {}, verdict.firstChild.cloneNode(true), ` ${text.textContent}`), made("p", {}, why.textContent), ...code(places[number])];
}
function definition([name, ...place]) {
  return [made("h2", {}, `Definition of ${name}`), made("p", {}, `${files[place[0]][0]}:${place[3]}`), ...code(place)];
}
function open() {
  const [, kind, digits] = /^#([cd])(\d+)$/.exec(location.hash) ?? [], number = Number(digits);
  if (!kind || number >= (kind === "c" ? places : definitions).length) return;
  const id = kind + number;
  for (const section of aside.children) section.hidden = section.id !== id;
  if (!document.getElementById(id)) {
    aside.append(made("section", { id, tabindex: -1 }, ...(kind === "c" ? reference(id, number) : definition(definitions[number]))));
  }
  document.getElementById(id).focus();
  document.getElementById(id).scrollIntoView();
}
addEventListener("hashchange", open);
open();

// The LLM tasks of sous for npm. Made from src/sous/tasks.py; do not edit.
// Use: `node "$(sous tasks --npm)"` in the folder of your package.json adds these scripts to it,
// and leaves those of the same names as they are: `npm run LLM:generate_code_review -- -m gpt-5.5`.
const { readFileSync, writeFileSync } = require("node:fs");

const scripts = {
  "LLM:generate_bundle": "sous bundle --project",
  "LLM:clean_bundles": "sous clean && npm run --silent LLM:generate_bundle",
  "LLM:copy_buffer_bundle": "sous copy-buffer",
  "LLM:generate_code_review": "npm run --silent LLM:generate_bundle && sous code-review --no-pack",
  "LLM:generate_security_review": "npm run --silent LLM:generate_bundle && sous security-review --no-pack",
  "LLM:generate_github_issues": "npm run --silent LLM:generate_bundle && sous github-issues --no-pack",
  "LLM:generate_issue_prompts": "npm run --silent LLM:generate_bundle && sous issue-prompts --no-pack",
  "LLM:generate_missing_tests": "npm run --silent LLM:generate_bundle && sous missing-tests --no-pack",
  "LLM:generate_readme": "npm run --silent LLM:generate_bundle && sous readme --no-pack",
  "LLM:generate_all": "npm run --silent LLM:generate_bundle && sous all --no-pack",
  "LLM:hone": "sous hone",
  "LLM:generate_plan": "sous plan",
  "LLM:generate_todo": "sous todo",
  "LLM:next_step": "sous next",
  "LLM:run_plan": "sous run",
  "LLM:next_item": "sous items next",
  "LLM:post_issues": "sous post",
  "LLM:run_items": "sous run --items",
  "LLM:claim": "sous claim",
  "LLM:land": "sous land",
  "LLM:board": "sous board",
  "LLM:sync": "sous sync"
};
const refuse = (why) => {
  console.error(`cannot add scripts to package.json: ${why}`);
  process.exit(1);
};
let text, old;
try {
  text = readFileSync("package.json", "utf8");
  old = JSON.parse(text);
} catch (error) {
  refuse(error.message);
}
const isTable = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
if (!isTable(old) || !isTable(old.scripts ?? {})) refuse("it or its scripts is no JSON object");
const added = Object.keys(scripts).filter((name) => !(name in (old.scripts ?? {})));
if (added.length) {
  const indent = /^\s*{\s*?\n([ \t]+)/.exec(text)?.[1] ?? 2;
  const made = { ...old, scripts: { ...scripts, ...old.scripts } };
  writeFileSync("package.json", JSON.stringify(made, null, indent) + "\n");
}
console.log(`package.json: ${added.length} scripts added`);

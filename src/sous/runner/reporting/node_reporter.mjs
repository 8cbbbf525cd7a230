// A reporter of `node --test` that tells what each test did.
import fs from "node:fs";
import path from "node:path";
import { randomUUID } from "node:crypto";

const file = process.env.SOUS_REPORT && path.join(process.env.SOUS_REPORT, `${randomUUID()}.jsonl`);

function write(outcome, name) {
  if (file) fs.appendFileSync(file, `${JSON.stringify([outcome, name])}\n`);
}

export default async function* report(source) {
  const names = [];
  write("start", "node");
  for await (const { type, data } of source) {
    if (type === "test:start") {
      names[data.nesting] = data.name;
    } else if (type === "test:pass" || type === "test:fail") {
      const above = names.slice(0, data.nesting);
      const where = data.file ? path.relative(process.cwd(), data.file) : "";
      const isSuite = data.details && data.details.type === "suite";
      const isFile = data.nesting === 0 && data.file === data.name;
      const failed = type === "test:fail" && !data.todo;
      const outcome = failed ? "fail" : data.skip !== undefined || data.todo !== undefined ? "skip" : "pass";
      if (!(isSuite || isFile) || failed)
        write(outcome, [where, ...above, isFile ? "(file)" : data.name].join(" > "));
    }
  }
}

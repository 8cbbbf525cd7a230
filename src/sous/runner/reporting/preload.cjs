// Loaded by each node that the tests start: has jest, vitest and mocha write what each test did.
"use strict";
const folder = process.env.SOUS_REPORT;
const program = (process.argv[1] || "").replace(/\\/g, "/");
if (folder && !process.env.SOUS_REPORTS) {
  const file = `${folder}/${process.pid}.json`;
  const more =
    /\/(?:jest|jest-cli)\/bin\/jest\.js$|\/\.bin\/jest$/.test(program)
      ? ["--json", `--outputFile=${file}`]
      : /\/vitest\/vitest\.mjs$|\/\.bin\/vitest$/.test(program)
        ? ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`]
        : /\/mocha\/bin\/_?mocha(?:\.c?js)?$|\/\.bin\/mocha$/.test(program)
          ? ["--reporter", "json", "--reporter-option", `output=${file}`]
          : [];
  if (more.length) {
    process.env.SOUS_REPORTS = "1"; // programs that the tests start do not report
    process.argv.push(...more);
  }
}

// The side of `pyodide.py` that runs in Node.js. Started with Pyodide's folder; reads
// {"archives": [file], "source": Python, "given": JSON text} and answers what `main(given)` returns.

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const { archives, source, given } = JSON.parse(readFileSync(0, "utf8"));
const { loadPyodide } = await import(pathToFileURL(`${process.argv[2]}/pyodide.mjs`).href);

try {
  const python = await loadPyodide({ env: { HOME: "/home/pyodide" }, stdout: console.error });
  for (const file of archives) {
    python.unpackArchive(new Uint8Array(readFileSync(file)).buffer, "zip"); // it takes no Buffer
  }
  python.runPython(source);
  process.stdout.write(python.globals.get("main")(given));
} catch (error) {
  console.error(String(error)); // uncaught, Node would print Pyodide's whole source before it
  process.exitCode = 1;
}

// Python of this page: it starts once, then answers batch after batch.
const FILES = ["pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip"];

async function fetched(name, cache = "default") {
  const found = await fetch(name, { cache }).catch(() => null);
  if (!found) throw new Error(`network: ${name} cannot be reached`);
  if (!found.ok) throw new Error(`folder: ${name} is missing (${found.status})`);
  return found;
}

async function python({ pyodide, lock }) {
  const { loadPyodide } = await import(`./${pyodide}/pyodide.mjs`);
  return loadPyodide({ env: { HOME: "/home", XL_PRICING_DATA: "/data" }, lockFileContents: lock });
}

/** Say which file is to blame where Python did not load. */
async function explained(error, { pyodide }) {
  for (const name of FILES) await fetched(`${pyodide}/${name}`);
  throw error;
}

async function start() {
  const text = await (await fetched("site.json", "no-cache")).text();
  const site = JSON.parse(text);
  const [py, wheel] = await Promise.all([
    python(site).catch((error) => explained(error, site)),
    fetched(site.wheel).then((found) => found.arrayBuffer()),
  ]);
  py.unpackArchive(wheel, "wheel");
  const cells = py.pyimport("xl_pricing.hosts.office.cells");
  postMessage({ ready: JSON.parse(cells.begin(text)) });
  return cells;
}

const started = start();
started.catch((error) => postMessage({ failed: String(error.message).trim().split("\n").at(-1) }));
onmessage = async ({ data: { number, calls } }) => {
  const cells = await started;
  postMessage({ number, answers: cells.answers(calls) });
};

// Python of this page: it starts once, then answers batch after batch.
const get = self.fetch.bind(self);
let giveUp;
const broken = new Promise((_, reject) => {
  giveUp = (said) => {
    const error = new Error(said);
    reject(error);
    return error;
  };
});

// Pyodide keeps to itself that a file is missing or breaks off, and then waits for ever.
self.fetch = async (asked, options) => {
  const name = new URL(asked.url ?? asked, location.href).href.replace(new URL(".", location.href), "");
  try {
    const found = await get(asked, options);
    if (!found.ok) throw giveUp(`folder: ${name} is missing (${found.status})`);
    return name.endsWith(".wasm") ? asWasm(found) : new Response(await found.arrayBuffer(), found);
  } catch {
    throw giveUp(`network: ${name} cannot be reached`); // the first that was said counts
  }
};
/** Let a server that does not know the type send it by another: only the cache of code is lost. */
function asWasm(found) {
  const type = "application/wasm";
  if (found.headers.get("Content-Type")?.startsWith(type)) return found;
  return new Response(found.body, { headers: { "Content-Type": type } });
}

/** Fetch and compile Python while its scripts still come; Pyodide would begin after them. */
function compileEarly({ pyodide }) {
  const name = `${pyodide}/pyodide.asm.wasm`;
  const found = fetch(name);
  const compiled = WebAssembly.compileStreaming(found).catch((error) => {
    throw giveUp(`folder: Python cannot be compiled: ${error.message}`);
  });
  import(`./${pyodide}/pyodide.asm.mjs`).catch(() => {}); // Pyodide asks again, and is told
  const others = self.fetch;
  self.fetch = (asked, options) =>
    String(asked.url ?? asked).endsWith(name) ? found : others(asked, options);
  WebAssembly.instantiateStreaming = async (_, imports) => {
    const module = await compiled;
    return { module, instance: await WebAssembly.instantiate(module, imports) };
  };
}

async function python({ pyodide, lock }) {
  const { loadPyodide } = await import(`./${pyodide}/pyodide.mjs`);
  return loadPyodide({ env: { HOME: "/home", XL_PRICING_DATA: "/data" }, lockFileContents: lock });
}

/** Say which script is to blame: an import that fails does not tell why. */
async function explained(error, { pyodide }) {
  for (const name of ["pyodide.mjs", "pyodide.asm.mjs"]) {
    const type = (await fetch(`${pyodide}/${name}`)).headers.get("Content-Type");
    if (!/script/i.test(type)) throw giveUp(`server: ${name} comes as ${type}`);
  }
  throw error;
}

async function start() {
  const text = await (await fetch("site.json", { cache: "no-cache" })).text();
  const site = JSON.parse(text);
  compileEarly(site);
  const [py, wheel] = await Promise.all([
    python(site).catch((error) => explained(error, site)),
    fetch(site.wheel).then((found) => found.arrayBuffer()),
  ]);
  py.unpackArchive(wheel, "wheel");
  const cells = py.pyimport("xl_pricing.hosts.office.cells");
  postMessage({ ready: JSON.parse(cells.begin(text)) });
  return cells;
}

function fail(error) {
  postMessage({ failed: String(error.message).trim().split("\n").at(-1) });
}

const started = Promise.race([start(), broken]);
started.catch(fail);
onmessage = async ({ data: { number, calls } }) => {
  const cells = await started;
  try {
    postMessage({ number, answers: cells.answers(calls) });
  } catch (error) {
    fail(error);
  }
};

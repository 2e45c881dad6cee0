// What the cells and the pane ask: it goes to Python in a worker, by the batch, and comes back.
const START_MS = 120_000;
const ANSWER_MS = 30_000;
const AGAIN_MS = 3_000; // a failed start is not tried again before
const MOST_CALLS = 250; // of a batch: what Python has begun cannot be cancelled
const MOST_BATCHES = 2; // on their way: one is read while the other is computed

const WAYS_OUT = {
  network: "check the network, then calculate again (Ctrl+Alt+F9)",
  folder: "ask whoever runs this page to write its folder again: xl-pricing host office",
  server: "ask whoever runs this page to let its server send .mjs as text/javascript",
  slow: "calculate again (Ctrl+Alt+F9), fewer cells at once",
};

/** Why there is no answer, and what to do. */
export class Failure extends Error {
  constructor(kind, said) {
    super(`Image Pricing did not answer: ${said}; accepted: ${WAYS_OUT[kind]}`);
    this.kind = kind;
  }
}

let worker = null;
let ready = null; // what the worker said of its card
let failed = null; // the last failure, and when it was
let timer = 0;
let number = 0;
let waiting = [];
const sent = new Map();
let asking = []; // who waits for the start

function start() {
  worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
  worker.onmessage = ({ data }) => receive(data);
  worker.onerror = (event) => {
    event.preventDefault?.();
    fail(new Failure("folder", `worker.js does not run (${event.message || "not found"})`));
  };
  limit(START_MS, new Failure("network", `Python did not start within ${START_MS / 1000} s`));
}

function limit(ms, failure) {
  clearTimeout(timer);
  timer = failure ? setTimeout(fail, ms, failure) : 0;
}

function receive(data) {
  if (data.failed) return fail(toFailure(data.failed));
  if (data.ready) {
    ready = data.ready;
    for (const { resolve } of asking.splice(0)) resolve(ready);
  } else {
    const calls = sent.get(data.number);
    sent.delete(data.number);
    JSON.parse(data.answers).forEach((answer, i) => calls[i].resolve(answer));
  }
  send();
}

function toFailure(said) {
  const [, kind, rest] = /^(?:Error: )?(network|folder|server): (.*)$/s.exec(said) ?? [null, "folder", said];
  return new Failure(kind, rest);
}

function fail(failure) {
  limit(0, null);
  worker?.terminate();
  failed = { failure, at: performance.now() };
  worker = ready = null;
  const calls = [...asking.splice(0), ...[...sent.values()].flat(), ...waiting.splice(0)];
  sent.clear();
  for (const { reject } of calls) reject(failure);
}

/** Start where nothing runs, unless that failed just now; tell whether something runs. */
function runs(reject) {
  if (!worker && failed && performance.now() - failed.at < AGAIN_MS) {
    reject(failed.failure);
    return false;
  }
  if (!worker) start();
  return true;
}

function send() {
  while (ready && waiting.length && sent.size < MOST_BATCHES) {
    const calls = waiting.splice(0, MOST_CALLS).filter((call) => !call.cancelled);
    if (!calls.length) continue;
    sent.set(++number, calls);
    worker.postMessage({ number, calls: JSON.stringify(calls.map((call) => call.asked)) });
  }
  if (ready) limit(ANSWER_MS, sent.size ? new Failure("slow", `no answer within ${ANSWER_MS / 1000} s`) : null);
}

/** Return arguments as they are written shortest: a cell alone for a range of one, no omitted ones. */
function short(args) {
  const cells = args.map((arg) => (arg?.length === 1 && arg[0].length === 1 ? arg[0][0] : arg));
  while (cells.length && cells.at(-1) === null) cells.pop();
  return cells;
}

/** Answer one call by rows of cells and the reason of an error; throw a `Failure`. */
export function ask(name, args, invocation = null) {
  return new Promise((resolve, reject) => {
    if (!runs(reject)) return;
    const call = { asked: [name, short(args)], resolve, reject, cancelled: false };
    if (invocation) {
      invocation.onCanceled = () => {
        call.cancelled = true;
        reject(new Failure("slow", "it was cancelled"));
      };
    }
    if (invocation) waiting.push(call);
    else waiting.unshift(call); // the pane does not wait behind a thousand cells
    if (waiting.length === 1) setTimeout(send);
  });
}

/** Return the day of the card, its age and the version, once Python runs; throw a `Failure`. */
export function card() {
  return new Promise((resolve, reject) => {
    if (!runs(reject)) return;
    if (ready) resolve(ready);
    else asking.push({ resolve, reject });
  });
}

/** Answer one call as the pane asks it: a cell, rows, or the error and its reason. */
export async function call(name, args) {
  try {
    const [rows, reason] = await ask(name, args);
    const single = rows.length === 1 && rows[0].length === 1;
    if (reason) return { error: String(rows[0][0]).split(" ")[0], reason };
    return single ? rows[0][0] : rows;
  } catch (failure) {
    return { error: "#N/A", reason: failure.message, kind: failure.kind };
  }
}

window.pricing = { call, card };
card().catch(() => {}); // Python starts before the first cell asks

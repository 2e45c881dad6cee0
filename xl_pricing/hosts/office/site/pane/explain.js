// Explaining the selected cell: each of our functions in its formula, with the lines of IMGEXPLAIN.
import { ask, choices, declared, Told } from "./asking.js";
import * as excel from "./excel.js";
import { answerFigure, linesTable, reasonText } from "./lines.js";
import { latest, make } from "./page.js";
import { planTable } from "./plan.js";
import { calls } from "./reading.js";
import { data, number, say, spoken } from "./words.js";

const MOST_CALLS = 5;
const WHOLE_RANGES = ["rates", "plans", "usage"];
const ticket = latest();

/**
 * Explain a cell, or why none could be read, in an element; the gist goes to another one, which
 * screen readers speak. An answer that comes too late is dropped.
 */
export async function explain(cell, element, gist) {
  const isLatest = ticket();
  const shown = await explained(cell).catch((error) => [notRead(error)]);
  if (!isLatest()) return;
  element.replaceChildren(...shown);
  gist.textContent = (
    shown.length === 1 ? shown : [...element.querySelectorAll("h2, h3, .figure, .bad")].slice(0, 3)
  )
    .map((part) => part.textContent)
    .join(", ");
}

async function explained(cell) {
  if (cell instanceof Error) throw cell;
  const place = excel.short(cell.address);
  const found = calls(
    cell.formula,
    choices().functions.map((each) => each.name),
  ).slice(0, MOST_CALLS);
  if (!found.length)
    return [
      sentence(say(cell.formula === "" ? "explain.empty" : "explain.other", { cell: place })),
    ];
  const values = await referenced(found, cell);
  const blocks = await Promise.all(found.map((call) => explainCall(call, { ...cell, values })));
  return [make("h2", {}, say("explain.cell", { cell: place })), ...blocks.flat()];
}

function notRead(error) {
  if (error instanceof excel.NoExcel) return sentence(say("explain.nosheet"));
  return excel.isRefusal(error) ? sentence(say("explain.busy")) : fault(error);
}

/** Say that it is our own fault, never Excel's. */
const fault = ({ message }) =>
  make("p", { class: "bad" }, say("explain.fault"), " ", make("span", { lang: "en" }, message));

const sentence = (text) => make("p", { class: "quiet" }, text);

const isOutside = ({ kind }) => ["reference", "name", "column"].includes(kind);

/** Return the values of all that calls take from elsewhere in the workbook, by their text. */
async function referenced(found, cell) {
  const nodes = found.flatMap(function all(node) {
    return node.kind === "call" ? node.arguments.flatMap(all) : [node];
  });
  const outside = nodes.filter(isOutside);
  const read = outside.length ? await excel.values(outside, cell) : [];
  return new Map(outside.map((node, i) => [node.text, read[i]]));
}

/** Explain a call, then the calls inside it. */
async function explainCall(call, cell) {
  const { doc } = declared(call.name);
  const block = make(
    "article",
    { class: "explained" },
    make("h3", {}, call.name),
    make("p", { class: "quiet", lang: spoken(doc) }, data(doc)),
  );
  const inner = call.arguments.filter((node) => node.kind === "call");
  try {
    const given = await readArguments(call, cell);
    const [total, ...lines] = await answered(call, given);
    block.append(total, argumentList(call, given), ...lines);
  } catch (error) {
    block.append(...problem(error, call, cell));
  }
  const blocks = await Promise.all(inner.map((node) => explainCall(node, cell)));
  return [block, ...blocks.flat()];
}

/** A part of a formula that only the sheet can compute. */
class Computed extends Error {}

/** A row without an image, of which the answer is an empty cell. */
class Blank extends Error {}

function problem(error, call, { value }) {
  if (error instanceof Told) return [reasonText(error)];
  if (error instanceof Blank) return [sentence(error.message)];
  if (!(error instanceof Computed)) return [fault(error)];
  const answer = call.isWhole && isAnswer(call, value) ? [answerFigure(call, value)] : [];
  return [...answer, sentence(error.message)];
}

/** Whether what Excel shows is an answer of the function, no error and no table. */
const isAnswer = ({ name }, value) =>
  name === "IMGSIZE" ? /^\d+x\d+$/.test(value) : typeof value === "number" && name !== "IMGEXPLAIN";

/** Return the values of a call's arguments by name. */
async function readArguments(call, cell) {
  const names = declared(call.name).arguments;
  const given = await Promise.all(
    call.arguments.slice(0, names.length).map((node, i) => valueOf(node, names[i], cell)),
  );
  return Object.fromEntries(given.map((value, i) => [names[i], value]));
}

async function valueOf(node, name, cell) {
  if (node.kind === "value") return node.value;
  if (node.kind === "call")
    return ask(node.name, inOrder(node.name, await readArguments(node, cell)));
  const range = isOutside(node) ? cell.values.get(node.text) : null;
  const told = { argument: say(`argument.${name}`), text: node.text };
  if (range === excel.LARGE)
    throw new Computed(say("explain.large", { ...told, most: number(excel.MOST_CELLS) }));
  if (!range || (node.isSingle && range.flat().length > 1))
    throw new Computed(say("explain.computed", told));
  return WHOLE_RANGES.includes(name) ? range : picked(range, cell);
}

/** Return a range's value for this cell of a spilled answer, as Excel repeats a row or a column. */
const picked = (range, { row, column }) => {
  const cells = range.length === 1 ? range[0] : range[row];
  return (cells?.length === 1 ? cells[0] : cells?.[column]) ?? "#N/A";
};

const inOrder = (name, given) =>
  declared(name).arguments.map((argument) => given[argument] ?? null);

/** Return the answer of a call as a figure, and the lines of the image that it prices. */
async function answered(call, given) {
  refuseBlank(call, given);
  const isTable = call.name === "IMGEXPLAIN";
  const answer = isTable ? null : await ask(call.name, inOrder(call.name, given));
  const shown = isTable ? [] : [answerFigure(call, answer)];
  const image =
    call.name === "IMGSIZE"
      ? { quality: choices().defaults.quality, ...kept(given), size: answer }
      : given;
  if (image.size === undefined) return shown;
  if (call.name === "IMGCREDITS")
    return [...shown, ...(await planTable(given)), ...(await inTokens(image))];
  return [...shown, ...(await linesOf(image, "lines.caption"))];
}

const linesOf = async (image, caption) =>
  linesTable(await ask("IMGEXPLAIN", inOrder("IMGEXPLAIN", image)), say(caption));

/** Show what an image costs by tokens, or why that is not known: a plan may bill it all the same. */
const inTokens = (image) =>
  linesOf(image, "lines.tokens").catch((error) => {
    if (!(error instanceof Told)) throw error;
    return [make("p", { class: "quiet", lang: "en" }, error.message)];
  });

/** Refuse a row that names no image: neither a size nor a quality. */
function refuseBlank({ name, arguments: nodes }, given) {
  const names = declared(name).arguments.slice(0, 2);
  if (names.join() !== "size,quality" || Object.keys(kept(given)).some((key) => names.includes(key)))
    return;
  const [size, quality] = names.map((key, i) => nodes[i]?.text || say(`argument.${key}`));
  throw new Blank(say("explain.blank", { size, quality }));
}

const kept = (given) =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null && !isBlank(value)));

const isBlank = (value) => typeof value === "string" && value.trim() === "";

/** List what the arguments are: their value, and where it stands. */
function argumentList(call, given) {
  const rows = Object.entries(given).flatMap(([name, value], i) => {
    if (value === null) return [];
    return [
      make("dt", {}, say(`argument.${name}`)),
      make("dd", {}, argumentText(call.arguments[i], value)),
    ];
  });
  return make("dl", { class: "arguments" }, ...rows);
}

function argumentText(node, value) {
  if (Array.isArray(value) || (node.kind === "value" && typeof value === "number"))
    return node.text;
  return isOutside(node) ? `${value} (${node.text})` : String(value);
}

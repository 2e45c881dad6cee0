// Reading a formula in Excel's English notation: which of our functions it calls, and with what.

const CELLS = String.raw`\$?[A-Z]{1,3}\$?\d+(?::\$?[A-Z]{1,3}\$?\d+)?#?`;
const NAME = String.raw`[\p{L}_\\][\p{L}\d_.\\]*`;
const BRACKETS = String.raw`\[(?:[^\[\]']|'[^]|\[(?:[^\[\]']|'[^])*\])*\]`;
const TOKENS = [
  String.raw`\s+`,
  `"(?:[^"]|"")*"`,
  `'(?:[^']|''){1,255}'!${CELLS}`,
  String.raw`(?:[\p{L}_][\p{L}\d_.]*!)?${CELLS}(?![\p{L}\d_.(!])`,
  String.raw`\d+(?:\.\d*)?(?:E[+-]?\d+)?`,
  `(?:${NAME})?${BRACKETS}`,
  NAME,
  "[^]",
];
const TOKEN = new RegExp(TOKENS.join("|"), "giuy");
const IS_NAME = new RegExp(`^${NAME}$`, "u");
// Table[Column], [@Column], Table[@[Column name]], Table[[#This Row],[Column name]].
const COLUMN = new RegExp(
  `^((?:${NAME})?)` +
    String.raw`\[(@|\[#This Row\],\s*)?(?:\[((?:[^\[\]#'@]|'[^])+)\]|((?:[^\[\]#'@,:]|'[^])+))\]$`,
  "iu",
);
const OURS = /^(?:_xldudf_)?(?:[A-Z][A-Z0-9]*[._])?(IMG[A-Z]+)$/i;

/** Return the outermost calls of our functions, and whether one is all that the formula holds. */
export function calls(formula, known) {
  if (typeof formula !== "string" || !formula.startsWith("=")) return [];
  const tokens = tokensOf(formula.slice(1));
  const found = [];
  for (let i = 0; i < tokens.length; i++) {
    const call = callAt(tokens, i, known);
    if (!call) continue;
    const others = [...tokens.slice(0, i), ...tokens.slice(call.end + 1)];
    found.push({ ...call, isWhole: others.every((token) => token === "@") });
    i = call.end;
  }
  return found;
}

/** Cut a formula into tokens, without blanks. */
const tokensOf = (text) => (text.match(TOKEN) ?? []).filter((token) => token.trim());

function callAt(tokens, start, known) {
  const name = OURS.exec(tokens[start])?.[1].toUpperCase();
  if (tokens[start + 1] !== "(" || !known.includes(name)) return null;
  const { groups, end } = split(tokens, start + 2);
  return { kind: "call", name, arguments: groups.map((group) => argument(group, known)), end };
}

/** Cut tokens at the commas of their own depth, up to the bracket that closes it. */
function split(tokens, start) {
  const groups = [[]];
  for (let i = start, depth = 0; i < tokens.length; i++) {
    if (depth === 0 && tokens[i] === ")") return { groups, end: i };
    if (depth === 0 && tokens[i] === ",") groups.push([]);
    else groups.at(-1).push(tokens[i]);
    if ("([{".includes(tokens[i])) depth++;
    if (")]}".includes(tokens[i])) depth--;
  }
  return { groups, end: tokens.length };
}

/** Read an argument; behind the @ of implicit intersection only one cell is clear. */
function argument(tokens, known) {
  if (tokens[0] === "@") return { ...argument(tokens.slice(1), known), isSingle: true };
  const text = tokens.join("");
  const call = callAt(tokens, 0, known);
  if (call?.end === tokens.length - 1) return call;
  return constant(text, tokens.length) ?? outside(text, tokens.length) ?? { kind: "other", text };
}

function constant(text, tokens) {
  if (!text) return { kind: "value", value: null, text };
  if (/^"/.test(text) && tokens === 1)
    return { kind: "value", value: text.slice(1, -1).replaceAll('""', '"'), text };
  if (/^-?\d+(\.\d*)?(E[+-]?\d+)?%?$/i.test(text))
    return { kind: "value", value: figure(text), text };
  if (/^(TRUE|FALSE)$/i.test(text)) return { kind: "value", value: /^t/i.test(text), text };
  return null;
}

/** Read what stands elsewhere in the workbook: cells, a name, a column of a table. */
function outside(text, tokens) {
  if (tokens !== 1) return null;
  if (/\$?[A-Z]{1,3}\$?\d+#?$/i.test(text)) return { kind: "reference", text };
  if (IS_NAME.test(text)) return { kind: "name", text };
  const [, table, at, bracketed, plain] = COLUMN.exec(text) ?? [];
  const column = (bracketed ?? plain)?.replace(/'([^])/g, "$1");
  return column ? { kind: "column", text, table, column, isRow: at !== undefined } : null;
}

const figure = (text) =>
  text.endsWith("%") ? Number((Number(text.slice(0, -1)) / 100).toPrecision(15)) : Number(text);

/** Return a reference's sheet (or null for the formula's own) and address. */
export function reference(text) {
  const cut = text.lastIndexOf("!");
  const sheet = cut < 0 ? null : text.slice(0, cut).replace(/^'|'$/g, "").replaceAll("''", "'");
  return { sheet, address: text.slice(cut + 1).replaceAll("$", "") };
}

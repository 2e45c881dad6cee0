// Reading a formula in Excel's English notation: which of our functions it calls, and with what.

const CELLS = String.raw`\$?[A-Z]{1,3}\$?\d+(?::\$?[A-Z]{1,3}\$?\d+)?#?`;
const TOKENS = [
  String.raw`\s+`,
  `"(?:[^"]|"")*"`,
  `'(?:[^']|''){1,255}'!${CELLS}`,
  String.raw`(?:[\p{L}_][\p{L}\d_.]*!)?${CELLS}(?![\p{L}\d_.(!])`,
  String.raw`\d+(?:\.\d*)?(?:E[+-]?\d+)?`,
  String.raw`[\p{L}_\\][\p{L}\d_.\\]*`,
  "[^]",
];
const TOKEN = new RegExp(TOKENS.join("|"), "giuy");
const OURS = /^(?:_xldudf_)?(?:[A-Z][A-Z0-9]*[._])?(IMG[A-Z]+)$/i;

/** Return the outermost calls of our functions: {name, arguments}. */
export function calls(formula, known) {
  if (typeof formula !== "string" || !formula.startsWith("=")) return [];
  const tokens = tokensOf(formula.slice(1));
  const found = [];
  for (let i = 0; i < tokens.length; i++) {
    const call = callAt(tokens, i, known);
    if (!call) continue;
    found.push(call);
    i = call.end;
  }
  return found;
}

/** Cut a formula into tokens, without blanks and the @ of implicit intersection. */
function tokensOf(text) {
  const all = text.match(TOKEN) ?? [];
  return all.filter((token, i) => token.trim() && (token !== "@" || all[i - 1] === "["));
}

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

function argument(tokens, known) {
  const text = tokens.join("");
  const call = callAt(tokens, 0, known);
  if (call?.end === tokens.length - 1) return call;
  if (!text) return { kind: "value", value: null, text };
  if (/^"/.test(text) && tokens.length === 1)
    return { kind: "value", value: text.slice(1, -1).replaceAll('""', '"'), text };
  if (/^-?\d+(\.\d*)?(E[+-]?\d+)?%?$/i.test(text))
    return { kind: "value", value: figure(text), text };
  if (/^(TRUE|FALSE)$/i.test(text)) return { kind: "value", value: /^t/i.test(text), text };
  if (tokens.length === 1 && /\$?[A-Z]{1,3}\$?\d+#?$/i.test(text))
    return { kind: "reference", text };
  if (tokens.length === 1 && /^[\p{L}_\\][\p{L}\d_.\\]*$/u.test(text))
    return { kind: "name", text };
  return { kind: "other", text };
}

const figure = (text) =>
  text.endsWith("%") ? Number((Number(text.slice(0, -1)) / 100).toPrecision(15)) : Number(text);

/** Return a reference's sheet (or null for the formula's own), address, and number of cells. */
export function reference(text) {
  const cut = text.lastIndexOf("!");
  const sheet = cut < 0 ? null : text.slice(0, cut).replace(/^'|'$/g, "").replaceAll("''", "'");
  const address = text.slice(cut + 1).replaceAll("$", "");
  const [first, last = first] = address.replace("#", "").split(":").map(place);
  return {
    sheet,
    address,
    cells: (Math.abs(last.row - first.row) + 1) * (Math.abs(last.column - first.column) + 1),
  };
}

function place(cell) {
  const [, letters, digits] = /^([A-Z]+)(\d+)$/i.exec(cell);
  return {
    row: Number(digits),
    column: [...letters.toUpperCase()].reduce(
      (sum, letter) => 26 * sum + letter.charCodeAt() - 64,
      0,
    ),
  };
}

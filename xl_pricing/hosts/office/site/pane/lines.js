// Answers as the page shows them: a figure, the lines of IMGEXPLAIN, the reason of an error.
import { make } from "./page.js";
import { data, day, number, say, spoken, usd } from "./words.js";

/** Show a figure with its unit. */
export const figure = (text, unit) =>
  make("p", { class: "figure" }, text, " ", make("small", {}, unit));

/** Show what a call of a function answers. */
export const answerFigure = (call, answer) => figure(written(call.name, answer), unit(call));

const MONEY = ["IMGCOST", "IMGBUDGET", "IMGBILL", "IMGRATE"];

function written(name, answer) {
  if (typeof answer !== "number") return String(answer);
  if (MONEY.includes(name)) return usd(answer);
  return name === "IMGBUFFER" ? `${number(100 * answer, 2)} %` : number(answer);
}

/** Say what a figure counts; a budget counts what its cost counts, if that is known. */
function unit({ name, arguments: [first] }) {
  return say(name === "IMGBUDGET" && first?.name === "IMGCOST" ? "unit.USD" : `unit.${name}`);
}

/** Show an error: what the cell shows, and why. The reasons are in English in every language. */
export const reasonText = ({ cell, message }) =>
  make("p", { class: "bad" }, cell ? `${cell} ` : "", make("span", { lang: "en" }, message));

/** Show the rows of IMGEXPLAIN: lines and total, then notes and sources. */
export function linesTable([, ...rows], caption) {
  const lines = rows.filter(([name]) => name !== "total" && name !== "note");
  const [, , , , total] = rows.find(([name]) => name === "total");
  const notes = rows
    .filter(([name]) => name === "note")
    .map(([, , , , , note]) => make("li", { lang: spoken(note) }, data(note)));
  const table = make(
    "table",
    {},
    make("caption", {}, caption),
    make("tbody", {}, ...lines.map(lineRow)),
    make(
      "tfoot",
      {},
      make("tr", {}, make("th", { scope: "row" }, say("lines.total")), make("td", {}, usd(total))),
    ),
  );
  const sources = make(
    "details",
    {},
    make("summary", {}, say("lines.sources")),
    make("dl", { class: "quiet" }, ...lines.flatMap(sourceRow)),
  );
  return notes.length
    ? [table, make("ul", { class: "quiet" }, ...notes), sources]
    : [table, sources];
}

function lineRow([meter, quantity, , rate, amount, , , basis]) {
  const counted = say("lines.count", {
    tokens: number(quantity),
    rate: number(rate),
    basis: say(`basis.${basis}`),
  });
  return make(
    "tr",
    {},
    make("th", { scope: "row" }, say(`meter.${meter}`), make("span", { class: "quiet" }, counted)),
    make("td", {}, usd(amount)),
  );
}

/** Show where a line's rate and count come from, and when they were checked. */
function sourceRow([meter, , , , , source, checked, basis]) {
  const said = say(checked ? "lines.checked" : "lines.unchecked", {
    basis: say(`basis.${basis}`),
    day: checked && day(checked),
  });
  const parts = source
    .split("; tokens: ")
    .map((part) => make("span", { lang: spoken(part) }, data(part)));
  return [make("dt", {}, say(`meter.${meter}`)), make("dd", {}, make("span", {}, said), ...parts)];
}

// The figures of fields: Python reads them as it reads the text of an argument.
import { ask, choices } from "./asking.js";
import * as excel from "./excel.js";
import { Refused } from "./parts.js";

let decimal;

/** Return the decimal mark of this Excel; a point where there is none. */
export const decimalMark = () => (decimal ??= excel.decimalMark().catch(() => "."));

/** Return the number that a field's text is; `key` names the sentence for what is none. */
async function number(name, text, key) {
  const { value, ways = [] } = await ask("pane.figure", [name, text, await decimalMark()]);
  if (value !== undefined) return value;
  const [way, other] = ways;
  if (other) throw new Refused("refused.doubt", { text: text.trim(), way, other });
  throw way ? new Refused("refused.way", { way }) : new Refused(key, {});
}

/** Read a number; raise `Refused`, as all of these, for what is none or out of range. */
export async function amount(name, text) {
  return within(name, await number(name, text, "refused.number"));
}

export async function whole(name, text, key = "refused.whole") {
  const value = await number(name, text, key);
  if (!Number.isInteger(value)) throw new Refused(key, {});
  return within(name, value);
}

/** Read an edge of a size, in px. */
export const edge = (name, text) => whole(name, text, "refused.edge");

/** Read a share: 20% or 0.2; 20 is none, as in a cell. */
export async function share(name, text) {
  const value = await number(name, text, "refused.percent");
  const [, most] = choices().limits[name];
  if (value > most && value <= 100 * most && !/[%％]\s*$/.test(text))
    throw new Refused("refused.way", { way: `${value}%` });
  return within(name, value, (x) => `${x * 100}%`);
}

function within(name, value, shown = String) {
  const [least, most] = choices().limits[name];
  if (value >= least && (most === null || value <= most)) return value;
  const values = { least: shown(least), most: most === null ? "" : shown(most) };
  throw new Refused(most === null ? "refused.least" : "refused.range", values);
}

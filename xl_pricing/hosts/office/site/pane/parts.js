// Formulas are made of checked parts only. A part knows its value and how a formula writes it, in
// Excel's English notation, as range.formulas takes it; nothing else can be put into a formula.

class Part {
  constructor(value, written) {
    Object.assign(this, { value, written });
    Object.freeze(this);
  }
}

/** What the user typed and is not accepted; `key` names the sentence, `values` what it says. */
export class Refused extends Error {
  constructor(key, values) {
    super(key);
    Object.assign(this, { key, values });
  }
}

/** An argument that is left out. */
export const blank = new Part(null, "");

/** A word of a list. */
export function word(text, accepted) {
  if (!accepted.includes(text))
    throw new Refused("refused.word", { accepted: accepted.join(", ") });
  return new Part(text, `"${text.replaceAll('"', '""')}"`);
}

/** A size in px, of two edges as they were typed. */
export function size(width, height) {
  const edges = [width, height].map((edge) => edge.trim());
  if (!edges.every((edge) => /^[1-9]\d{0,4}$/.test(edge))) throw new Refused("refused.edge", {});
  const text = edges.join("x");
  return new Part(text, `"${text}"`);
}

/** A number as it was typed, digits and a point; a comma could be read in two ways. */
export function number(text, [least, most], { whole = false } = {}) {
  const digits = text.trim();
  if (!/^\d{1,9}(\.\d{1,6})?$/.test(digits) || (whole && digits.includes(".")))
    throw new Refused(whole ? "refused.whole" : "refused.number", {});
  return checked(Number(digits), String(Number(digits)), least, most, (x) => String(x));
}

/** A share as it was typed, 20 % or 20, written as a percentage. */
export function percent(text, [least, most]) {
  const digits = text.trim().replace(/\s*[%％]$/, "");
  if (!/^\d{1,3}(\.\d{1,4})?$/.test(digits)) throw new Refused("refused.percent", {});
  const share = Number((Number(digits) / 100).toPrecision(15));
  return checked(share, `${Number(digits)}%`, least, most, (x) => `${x * 100}%`);
}

function checked(value, written, least, most, shown) {
  if (value < least || (most !== null && value > most))
    throw new Refused(most === null ? "refused.least" : "refused.range", {
      least: shown(least),
      most: most === null ? "" : shown(most),
    });
  return new Part(value, written);
}

/** A call of a function; arguments that are left out at its end are not written. */
export function call(name, parts) {
  if (!/^IMG[A-Z]+$/.test(name) || !parts.every((part) => part instanceof Part))
    throw new TypeError("a formula is made of checked parts");
  const last = parts.findLastIndex((part) => part !== blank);
  return new Part(
    undefined,
    `${name}(${parts
      .slice(0, last + 1)
      .map((part) => part.written)
      .join(",")})`,
  );
}

export const formula = (call) => `=${call.written}`;

const OUTSIDE = /"(?:[^"]|"")*"|[.,;]/g; // of text, which stays as it is

/** Return a formula as it is typed where these marks stand for a decimal point and between arguments. */
export const typed = (formula, { decimal, list }) =>
  formula.replace(OUTSIDE, (part) => ({ ".": decimal, ",": list })[part] ?? part);

/**
 * Return the marks of an Excel. Office.js tells of decimals alone: no comma stands between arguments
 * where it is a decimal mark. How Excel writes a formula of checked parts tells the rest.
 */
export const marks = (decimal, written = "") => {
  const isSemicolon = decimal === "," || (written.match(OUTSIDE) ?? []).includes(";");
  return { decimal, list: isSemicolon ? ";" : "," };
};

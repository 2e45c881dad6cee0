// Formulas are made of checked parts only. A part knows its value and how a formula writes it, in
// Excel's English notation, as range.formulas takes it; nothing else can be put into a formula.

class Part {
  constructor(value, written) {
    Object.assign(this, { value, written });
    Object.freeze(this);
  }
}

/** What the user typed and is not accepted; `key` names the sentence, `values` what it
 * says, `all` what else was refused with it. */
export class Refused extends Error {
  constructor(key, values) {
    super(key);
    Object.assign(this, { key, values, all: [this] });
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

/** A size in px. */
export function size(width, height) {
  const text = [width, height].map(finite).join("x");
  return new Part(text, `"${text}"`);
}

/** A number. */
export const number = (value) => new Part(value, String(finite(value)));

/** A share, written as a percentage. */
export const percent = (value) => new Part(value, `${Number((100 * finite(value)).toPrecision(15))}%`);

function finite(value) {
  if (!Number.isFinite(value)) throw new TypeError("no number");
  return value;
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

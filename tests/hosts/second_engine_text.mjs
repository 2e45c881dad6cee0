// Numbers as text, from Excel's description of number formats and of the function TEXT.

const DIGITS = 15; // as many as Excel keeps
const LONGEST_PLAIN = 21;
const MONTHS = (
  "January February March April May June " +
  "July August September October November December"
).split(" ");
const WEEKDAYS = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");
const FIRST_DAY = Date.UTC(1899, 11, 30);
const DAY_MS = 86_400_000;
const DAY_S = 86_400;
const LITERAL = String.raw`"[^"]*"|\\.|_.|\*.`;
const LITERALS = new RegExp(LITERAL, "gs");
const SECTIONS = new RegExp(`(?:${LITERAL}|[^;])+|(?<=;|^)(?=;|$)`, "gs");
const DATE_PIECES = new RegExp(`${LITERAL}|y+|m+|d+|h+|s+|AM/PM|A/P|.`, "gis");
const NUMBER_PIECES = new RegExp(`${LITERAL}|E[+-]0+|[0#.,]+|.`, "gis");
const DATE_UNIT = /^([ymdhs])\1*$/i;
const HALF_OF_DAY = /^(AM\/PM|A\/P)$/i;
const ITSELF = /^(?:[-+ $/():!^&'~{}<>=%€£¥]|[^\x00-\x7f])$/;

/** A number without the noise beyond Excel's digits. */
export const tidy = (number) => Number(number.toPrecision(DIGITS));

/** A number joined to text: 0.3, not 0.30000000000000004; 1E+21, not 1e+21. */
export function general(number) {
  const [digits, power] = tidy(number).toExponential().split("e");
  const exponent = Number(power);
  const decimals = Math.max(0, digits.replace(/^-?\d\.?/, "").length - exponent);
  const plain = Math.abs(exponent) < LONGEST_PLAIN ? tidy(number).toFixed(decimals) : "";
  if (plain && plain.length <= LONGEST_PLAIN) return plain;
  return `${digits}E${signed(exponent, "+", 2)}`;
}

const signed = (exponent, plus, width) =>
  (exponent < 0 ? "-" : plus) + String(Math.abs(exponent)).padStart(width, "0");

/** A value in a number format; undefined where the format has a part that is not known here. */
export function formatted(value, format) {
  if (typeof value === "boolean") return String(value).toUpperCase();
  const sections = format.match(SECTIONS) ?? [""];
  if (typeof value === "string") return sections[3]?.replace("@", () => value) ?? value;
  const which = value < 0 ? 1 : value === 0 ? 2 : 0;
  const section = sections[which] ?? sections[0];
  if (section === "General" || section === "@") return general(value);
  const pieces = section.replace(LITERALS, "").match(DATE_PIECES) ?? [];
  if (pieces.some((piece) => DATE_UNIT.test(piece))) return asDate(value, section);
  return asNumber(which === 1 && sections.length > 1 ? -value : value, section);
}

/** What stands for itself in a format, without its marks; undefined for anything else. */
function literal(piece) {
  if (piece.startsWith('"')) return piece.slice(1, -1);
  if (piece.startsWith("\\")) return piece.slice(1);
  if (piece.startsWith("_")) return " ";
  return ITSELF.test(piece) ? piece : undefined;
}

function asNumber(value, section) {
  const pieces = section.match(NUMBER_PIECES) ?? [];
  const at = pieces.findIndex((piece) => /^[0#.]/.test(piece));
  const exponent = /^E[+-]/i.test(pieces[at + 1] ?? "") ? pieces.splice(at + 1, 1)[0] : "";
  const amount = Math.abs(value) * 100 ** pieces.filter((piece) => piece === "%").length;
  const write = (piece, i) => (i === at ? numeral(amount, piece, exponent) : literal(piece));
  const shown = pieces.map(write);
  return shown.includes(undefined) ? undefined : (value < 0 ? "-" : "") + shown.join("");
}

function numeral(number, pattern, exponent) {
  const [, whole, thousands, fraction] = /^([0#,]*?)(,*)(?:\.([0#]*))?$/.exec(pattern) ?? [];
  if (whole === undefined) return undefined;
  const places = fraction?.length ?? 0;
  if (exponent) return whole.length === 1 ? scientific(number, places, exponent) : undefined;
  const scaled = tidy((number / 1000 ** thousands.length) * 10 ** places);
  const [left, right = ""] = (Math.round(scaled) / 10 ** places).toFixed(places).split(".");
  const least = whole.replace(/[#,]/g, "").length;
  const padded = (left === "0" ? "" : left).padStart(least, "0");
  const grouped = whole.includes(",") ? padded.replace(/\B(?=(\d{3})+$)/g, ",") : padded;
  return grouped + (fraction === undefined ? "" : `.${trimmed(right, fraction)}`);
}

/** Decimals without the last zeros, as far as the format has a # for them. */
function trimmed(decimals, pattern) {
  const least = pattern.lastIndexOf("0") + 1;
  return decimals.slice(0, least) + decimals.slice(least).replace(/0+$/, "");
}

function scientific(number, places, exponent) {
  const [digits, power] = tidy(number).toExponential(places).split("e");
  return `${digits}E${signed(Number(power), exponent[1].replace("-", ""), exponent.length - 2)}`;
}

function asDate(value, section) {
  if (value < 0) return undefined;
  const seconds = Math.round(tidy(value) * DAY_S);
  const day = new Date(FIRST_DAY + Math.floor(seconds / DAY_S) * DAY_MS);
  const minutes = Math.floor(seconds / 60);
  const time = { h: Math.floor(minutes / 60) % 24, n: minutes % 60, s: seconds % 60 };
  const pieces = section.match(DATE_PIECES);
  const hour = pieces.some((piece) => HALF_OF_DAY.test(piece)) ? time.h % 12 || 12 : time.h;
  const shown = pieces.map((piece, i) => {
    if (HALF_OF_DAY.test(piece)) return piece.split("/")[Math.floor(time.h / 12)];
    if (!DATE_UNIT.test(piece)) return literal(piece);
    const unit = isMinutes(pieces, i) ? "n" : piece[0].toLowerCase();
    return unit in time ? padded({ ...time, h: hour }[unit], piece) : dayPart(day, unit, piece);
  });
  return shown.includes(undefined) ? undefined : shown.join("");
}

const padded = (number, piece) => String(number).padStart(Math.min(piece.length, 2), "0");

/** Tell whether an m means minutes: it follows hours or goes before seconds. */
function isMinutes(pieces, at) {
  if (!/^m{1,2}$/i.test(pieces[at])) return false;
  const unit = (piece) => DATE_UNIT.test(piece);
  const before = pieces.slice(0, at).filter(unit).pop();
  const after = pieces.slice(at + 1).find(unit);
  return /^h/i.test(before ?? "") || /^s/i.test(after ?? "");
}

function dayPart(day, unit, piece) {
  const length = piece.length;
  if (unit === "y") return String(day.getUTCFullYear()).slice(length > 2 ? 0 : 2);
  const [number, name] =
    unit === "m"
      ? [day.getUTCMonth() + 1, MONTHS[day.getUTCMonth()]]
      : [day.getUTCDate(), WEEKDAYS[day.getUTCDay()]];
  if (length < 3) return padded(number, piece);
  return name.slice(0, { 3: 3, 5: unit === "m" ? 1 : undefined }[length]);
}

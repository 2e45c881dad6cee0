// What the calculator's form says, as checked parts of a formula.
import { choices } from "./asking.js";
import { OWN, qualities, read } from "./choosing.js";
import * as parts from "./parts.js";

/** Read an image as it is ordered, by the names of IMGCOST's arguments. */
export function readImage(elements) {
  const { models, ratios, tiers, defaults } = choices();
  const choose = (name, accepted) => read(elements[name], (text) => parts.word(text, accepted));
  const names = models.map((model) => model.id);
  const shapes = ratios.map((row) => row.ratio);
  return {
    size: elements.size.value === OWN ? ownSize(elements) : choose("size", shapes),
    quality: choose("quality", qualities(elements.model.value)),
    model: choose("model", names),
    n: count(elements.n),
    prompt: count(elements.prompt),
    references: count(elements.references),
    tier: elements.tier.value === defaults.tier ? parts.blank : choose("tier", tiers),
  };
}

/** Read a whole number that may be left out. */
function count(field) {
  const limits = choices().limits[field.name];
  const reader = (text) => parts.number(text, limits, { whole: true });
  return read(field, (text) => (text.trim() === "" ? parts.blank : reader(text)));
}

/** Read a size of two fields, each marked where it is wrong. */
export function ownSize({ width, height }) {
  read(width, (text) => parts.size(text, "1"));
  return read(height, (text) => parts.size(width.value, text));
}

/** Read finals, retries and buffer. */
export function readPlan({ finals, retries, buffer }) {
  const { limits } = choices();
  return {
    finals: read(finals, (text) => parts.number(text, limits.finals)),
    retries: read(retries, (text) => parts.number(text, limits.retries)),
    buffer: read(buffer, (text) => parts.percent(text, limits.buffer)),
  };
}

// The calculator: prices what is chosen, and writes the formula for it into the selected cell.
import { ask, choices, declared } from "./asking.js";
import { offerModels, OWN, qualities, ratioTexts, read, refusal } from "./choosing.js";
import * as excel from "./excel.js";
import { figure, reasonText } from "./lines.js";
import { calmed, fill, latest, make } from "./page.js";
import * as parts from "./parts.js";
import { say, usd } from "./words.js";

const byId = id => document.getElementById(id);
const form = () => document.querySelector("#calculator form");
const ticket = latest();
let ready = null; // the formula that is shown and priced
let replace = null; // the cell that the user was asked about
let selected = null;

export function start() {
  const { elements } = form();
  offerModels(elements);
  fill(elements.size, [...ratioTexts(), [OWN, say("size.own")]], "4:5");
  fill(elements.tier, choices().tiers.map(tier => [tier, say(`tier.${tier}`)]), choices().defaults.tier);
  form().addEventListener("input", calmed(price));
  form().addEventListener("submit", event => event.preventDefault());
  byId("write").addEventListener("click", write);
  if (!excel.isThere()) {
    byId("write").hidden = true;
    byId("wrote").textContent = say("calculator.nosheet");
  }
  return price();
}

/** Take over a size, model and quality that were found elsewhere. */
export function take({ size, model, quality }) {
  const { elements } = form();
  elements.size.value = OWN;
  [elements.width.value, elements.height.value] = size.split("x");
  elements.model.value = model;
  elements.model.dispatchEvent(new Event("change"));
  elements.quality.value = quality;
  return price();
}

/** Note which cell is selected: the button names it, and a question about another is void. */
export function select(address) {
  selected = address;
  replace = null;
  showButton();
  if (excel.isThere()) byId("wrote").textContent = "";
}

async function price() {
  const isLatest = ticket();
  const { elements } = form();
  form().querySelector(".own").hidden = elements.size.value !== OWN;
  form().querySelector(".budget").hidden = elements.asked.value !== "budget";
  const [shown, formula] = await priced(elements).catch(error => [told(error), null]);
  if (!isLatest()) return;
  ready = formula;
  byId("priced").replaceChildren(...shown);
  byId("formula").replaceChildren(...breakable(formula ?? ""));
  replace = null;
  showButton();
}

/** Let a formula break where its arguments end. */
const breakable = formula => formula.split(/(?<=[,(])/).flatMap(part => [part, make("wbr")]);

const told = error => [error instanceof parts.Refused ? make("p", { class: "bad" }, refusal(error)) : reasonText(error)];

/** Return what is shown, and the formula. */
async function priced(elements) {
  const image = readImage(elements);
  const plan = elements.asked.value === "budget" ? readPlan(elements) : null;
  const [cost, px] = await Promise.all([
    ask("IMGCOST", inOrder("IMGCOST", image).map(part => part.value)),
    ask("pane.pixels", [image.size.value, image.model.value]),
  ]);
  const perImage = say("calculator.image", { usd: usd(cost), px: px.replace("x", " × ") });
  const written = called("IMGCOST", image);
  if (!plan) return [[figure(usd(cost), say("unit.IMGCOST")), quiet(say("calculator.px", { px: px.replace("x", " × ") }))], parts.formula(written)];
  const total = await ask("IMGBUDGET", [cost, plan.finals.value, plan.retries.value, plan.buffer.value]);
  return [[figure(usd(total), say("unit.USD")), quiet(perImage)], parts.formula(called("IMGBUDGET", { cost: written, ...plan }))];
}

const quiet = text => make("p", { class: "quiet" }, text);
const inOrder = (name, given) => declared(name).arguments.map(argument => given[argument] ?? parts.blank);
const called = (name, given) => parts.call(name, inOrder(name, given));

function readImage(elements) {
  const { models, ratios, tiers, defaults, limits } = choices();
  const choose = (name, accepted) => read(elements[name], text => parts.word(text, accepted));
  const optional = name => read(elements[name], text => text.trim() === "" ? parts.blank : parts.number(text, limits[name], { whole: true }));
  return {
    size: elements.size.value === OWN ? ownSize(elements) : choose("size", ratios.map(row => row.ratio)),
    quality: choose("quality", qualities(elements.model.value)),
    model: choose("model", models.map(model => model.id)),
    n: optional("n"),
    prompt: optional("prompt"),
    references: optional("references"),
    tier: elements.tier.value === defaults.tier ? parts.blank : choose("tier", tiers),
  };
}

/** Read a size of two fields, each marked where it is wrong. */
export function ownSize({ width, height }) {
  read(width, text => parts.size(text, "1"));
  return read(height, text => parts.size(width.value, text));
}

function readPlan(elements) {
  const { limits } = choices();
  return {
    finals: read(elements.finals, text => parts.number(text, limits.finals)),
    retries: read(elements.retries, text => parts.number(text, limits.retries)),
    buffer: read(elements.buffer, text => parts.percent(text, limits.buffer)),
  };
}

function showButton() {
  const button = byId("write");
  const cell = selected && excel.short(selected);
  button.disabled = ready === null;
  button.textContent = replace ? say("write.replace", { cell }) : cell ? say("write.into", { cell }) : say("write.selected");
}

async function write() {
  const formula = ready;
  try {
    const { address, outcome } = await excel.write(formula, selected, replace);
    selected = address;
    replace = outcome === "held" ? address : null;
    byId("wrote").textContent = say(`write.${outcome}`, { cell: excel.short(address) });
  } catch (error) {
    byId("wrote").textContent = say("write.failed", { reason: error.message });
  }
  showButton();
}

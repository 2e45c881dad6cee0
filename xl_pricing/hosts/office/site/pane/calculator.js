// The calculator: prices what is chosen, and writes the formula for it into the selected cell.
import { ask, choices, declared } from "./asking.js";
import { offerModels, OWN, ratioTexts, refusals, together } from "./choosing.js";
import * as excel from "./excel.js";
import { decimalMark } from "./figures.js";
import { readImage, readPlan } from "./job.js";
import { figure, reasonText } from "./lines.js";
import { calmed, fill, latest, make } from "./page.js";
import * as parts from "./parts.js";
import { say, usd } from "./words.js";

const byId = (id) => document.getElementById(id);
const form = () => document.querySelector("#calculator form");
const ticket = latest();
let ready = null; // the formula that is shown and priced
let replace = null; // the cell that the user was asked about
let selected = null;
let marks = parts.marks("."); // as formulas are typed here

export async function start() {
  const { elements } = form();
  offerModels(elements);
  fill(elements.size, [...ratioTexts(), [OWN, say("size.own")]], "4:5");
  const tiers = choices().tiers.map((tier) => [tier, say(`tier.${tier}`)]);
  fill(elements.tier, tiers, choices().defaults.tier);
  form().addEventListener("input", calmed(price));
  form().addEventListener("submit", (event) => event.preventDefault());
  byId("write").addEventListener("click", write);
  if (!excel.isThere()) {
    byId("write").hidden = true;
    byId("wrote").textContent = say("calculator.nosheet");
  }
  marks = parts.marks(await decimalMark());
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
  if (address === selected) return;
  selected = address;
  forget();
  showButton();
}

/** Forget what was said of the last writing, and the question whether to replace. */
function forget() {
  replace = null;
  if (excel.isThere()) byId("wrote").textContent = "";
}

/** Price what is chosen, and return its formula; null where there is none, or a later one comes. */
async function price() {
  const isLatest = ticket();
  const { elements } = form();
  form().querySelector(".own").hidden = elements.size.value !== OWN;
  form().querySelector(".budget").hidden = elements.asked.value !== "budget";
  const [shown, formula] = await priced(elements).catch((error) => [told(error), null]);
  if (!isLatest()) return null;
  if (formula !== ready) forget();
  ready = formula;
  byId("priced").replaceChildren(...shown);
  showFormula();
  showButton();
  return formula;
}

const showFormula = () =>
  byId("formula").replaceChildren(...breakable(parts.typed(ready ?? "", marks)));

/** Let a formula break where its arguments end. */
const breakable = (formula) => formula.split(/(?<=[,;(])/).flatMap((part) => [part, make("wbr")]);

const told = (error) => (error instanceof parts.Refused ? refusals(error) : [reasonText(error)]);

/** Return what is shown, and the formula. */
async function priced(elements) {
  const { image, plan } = await together({
    image: readImage(elements),
    plan: elements.asked.value === "budget" ? readPlan(elements) : null,
  });
  const [cost, pixels] = await Promise.all([
    answer("IMGCOST", image),
    ask("pane.pixels", [image.size.value, image.model.value]),
  ]);
  const [written, px] = [called("IMGCOST", image), pixels.replace("x", " × ")];
  if (!plan) {
    const shown = [figure(usd(cost), say("unit.IMGCOST")), quiet(say("calculator.px", { px }))];
    return [shown, parts.formula(written)];
  }
  const total = await answer("IMGBUDGET", { cost: { value: cost }, ...plan });
  const perImage = quiet(say("calculator.image", { usd: usd(cost), px }));
  const formula = parts.formula(called("IMGBUDGET", { cost: written, ...plan }));
  return [[figure(usd(total), say("unit.USD")), perImage], formula];
}

const quiet = (text) => make("p", { class: "quiet" }, text);
const inOrder = (name, given) =>
  declared(name).arguments.map((argument) => given[argument] ?? parts.blank);
const answer = (name, given) => {
  const values = inOrder(name, given).map((part) => part.value);
  return ask(name, values);
};
const called = (name, given) => parts.call(name, inOrder(name, given));

function showButton() {
  const button = byId("write");
  const cell = selected && excel.short(selected);
  const key = replace ? "write.replace" : cell ? "write.into" : "write.selected";
  button.disabled = ready === null;
  button.textContent = say(key, { cell });
}

/** Write the formula of what is chosen now, be it typed this very moment. */
async function write() {
  const formula = await price();
  if (formula === null) return;
  const failed = ({ message }) => {
    byId("wrote").textContent = say("write.failed", { reason: message });
  };
  await excel.write(formula, selected, replace).then(wrote, failed);
  showButton();
}

function wrote({ address, outcome, typed }) {
  selected = address;
  marks = parts.marks(marks.decimal, typed);
  showFormula();
  replace = outcome === "held" ? address : null;
  byId("wrote").textContent = say(`write.${outcome}`, { cell: excel.short(address) });
}

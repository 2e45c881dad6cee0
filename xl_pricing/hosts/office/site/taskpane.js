// The task pane: starts, shows what it knows, and follows the selected cell.
import { ask, choices, keep } from "./pane/asking.js";
import * as calculator from "./pane/calculator.js";
import * as excel from "./pane/excel.js";
import { explain } from "./pane/explain.js";
import * as help from "./pane/help.js";
import { calmed } from "./pane/page.js";
import * as sizes from "./pane/sizes.js";
import * as tabs from "./pane/tabs.js";
import * as theme from "./pane/theme.js";
import { age, day, load, say } from "./pane/words.js";

const OFFICE_MS = 8_000;
const SLOW_MS = 10_000;
const byId = (id) => document.getElementById(id);

/** Start the pane; reject where it cannot. */
export async function start() {
  await office();
  theme.follow();
  await load(globalThis.Office?.context?.displayLanguage ?? navigator.language);
  byId("starting").textContent = say("starting");
  const slow = setTimeout(() => {
    byId("starting").textContent = say("starting.slow");
  }, SLOW_MS);
  try {
    const card = await pricing().then(() => window.pricing.card());
    keep(await ask("pane.choices"));
    showCard(card);
    await open();
    byId("starting").hidden = true;
  } finally {
    clearTimeout(slow);
  }
}

/** Wait for Office; outside of it nobody says that it is ready. */
async function office() {
  if (!globalThis.Office?.onReady) return;
  await Promise.race([Office.onReady(), new Promise((resolve) => setTimeout(resolve, OFFICE_MS))]);
}

/** Wait for pricing.js, which stands before this module in the page. */
async function pricing() {
  for (let i = 0; i < 100 && !window.pricing; i++)
    await new Promise((resolve) => setTimeout(resolve, 50));
  if (!window.pricing) throw new Error("pricing.js did not load");
}

function showCard({ prices_as_of: asOf, age_days: days }) {
  byId("age").textContent = say("age", { day: day(asOf), ago: age(days) });
  byId("old").textContent = say("age.old", { days });
  byId("old").hidden = days <= choices().old_after_days;
}

async function open() {
  tabs.start(excel.isThere() ? "explain" : "calculator");
  byId("pane").hidden = false;
  const started = [];
  for (const start of [follow, calculator.start, sizes.start, () => help.start(byId("help"))]) {
    started.push(start());
    await breath();
  }
  await Promise.all(started);
}

/** Let the page draw and answer before it goes on. */
const breath = () => new Promise((resolve) => setTimeout(resolve));

/** Explain the selected cell now and whenever another one is selected. */
async function follow() {
  const look = async () => {
    if (document.hidden) return;
    theme.look();
    const cell = await excel.selected().catch((error) => error);
    calculator.select(cell.address ?? null);
    await explain(cell, byId("explained"), byId("gist"));
  };
  document.addEventListener("visibilitychange", look);
  await look();
  await excel.watch(calmed(look)).catch(() => {});
}

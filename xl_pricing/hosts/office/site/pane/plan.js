// The row of a plan's own price list that an image is billed by.
import { ask } from "./asking.js";
import { make } from "./page.js";
import { data, day, number, say, spoken } from "./words.js";

/** Show the row by which a plan bills an image: size tier, quality, amounts, and where it stands. */
export async function planTable({ size, quality, plan, model = null, plans = null }) {
  const row = await ask("pane.offer", [size, quality, plan, model, plans]);
  if (row === null) return [make("p", { class: "quiet" }, say("plan.number", { plan }))];
  const amounts = Object.entries(row.amounts).filter(([, amount]) => amount !== null);
  const rows = [
    [say("plan.tier"), row.size_tier === "any" ? say("plan.any") : row.size_tier],
    [say("argument.quality"), row.quality === "any" ? say("plan.any") : row.quality],
    ...amounts.map(([name, amount]) => [say(`plan.${name}`), number(amount, 9)]),
  ].map(([name, text]) => make("tr", {}, make("th", { scope: "row" }, name), make("td", {}, text)));
  const caption = make("caption", {}, say("plan.caption", { plan: row.plan }));
  return [make("table", {}, caption, make("tbody", {}, ...rows)), ...evidence(row)];
}

/** Show where a row stands, when that was checked, and what is said of it. */
function evidence({ source, checked, basis, note }) {
  const said = say("lines.checked", { basis: say(`basis.${basis}`), day: day(checked) });
  const text = (each) => make("p", { class: "quiet", lang: spoken(each) }, data(each));
  return [make("p", { class: "quiet" }, said), text(source), ...(note ? [text(note)] : [])];
}

// What the pane asks of Excel: the selected cell, the values of references, and one cell to write.
import { reference } from "./reading.js";

const MOST_CELLS = 20_000;

export class NoExcel extends Error {}

/** Whether there is an Excel around the page: the preview in a browser has none. */
export const isThere = () => globalThis.Excel?.run !== undefined;

async function run(work) {
  if (!isThere()) throw new NoExcel();
  return globalThis.Excel.run(work);
}

/** Return the selected cell; of a spilled range the formula of its first cell, and how far it is. */
export const selected = () =>
  run(async (context) => {
    const cell = context.workbook.getActiveCell();
    cell.load("address,formulas,text,rowIndex,columnIndex");
    await context.sync();
    const here = {
      address: cell.address,
      formula: cell.formulas[0][0],
      text: cell.text[0][0],
      row: 0,
      column: 0,
    };
    return isFormula(here.formula) ? here : spilled(context, cell, here);
  });

const isFormula = (formula) => typeof formula === "string" && formula.startsWith("=");

async function spilled(context, cell, here) {
  try {
    const first = cell.getSpillParentOrNullObject();
    first.load("formulas,rowIndex,columnIndex");
    await context.sync();
    if (first.isNullObject) return here;
    return {
      ...here,
      formula: first.formulas[0][0],
      row: cell.rowIndex - first.rowIndex,
      column: cell.columnIndex - first.columnIndex,
    };
  } catch {
    return here; // an Excel without dynamic arrays
  }
}

/** Return the values of references and names, rows of cells each, or null where there are none. */
export const values = (nodes) =>
  run(async (context) => {
    const names = nodes.map(({ kind, text }) =>
      kind === "name" ? context.workbook.names.getItemOrNullObject(text) : null,
    );
    for (const name of names) name?.load("type");
    await context.sync();
    const ranges = nodes.map(({ text }, i) =>
      names[i] ? named(names[i]) : referred(context, text),
    );
    for (const range of ranges) range?.load("values");
    await context.sync();
    return ranges.map((range) => range && range.values);
  });

const named = (name) => (name.isNullObject || name.type !== "Range" ? null : name.getRange());

function referred({ workbook }, text) {
  const { sheet, address, cells } = reference(text);
  if (cells > MOST_CELLS) return null;
  const from =
    sheet === null ? workbook.getActiveCell().worksheet : workbook.worksheets.getItem(sheet);
  return address.endsWith("#")
    ? from.getRange(address.slice(0, -1)).getSpillingToRange()
    : from.getRange(address);
}

/**
 * Write a formula into the selected cell, if it is still the one that the user sees named (or null),
 * and holds nothing or is the one to be replaced. Return the cell, and what came of it.
 */
export const write = (formula, seen, replace) =>
  run(async (context) => {
    const cell = context.workbook.getActiveCell();
    cell.load("address,formulas");
    await context.sync();
    const { address } = cell;
    if (seen && seen !== address) return { address, outcome: "moved" };
    if (cell.formulas[0][0] !== "" && address !== replace) return { address, outcome: "held" };
    cell.formulas = [[formula]];
    await context.sync();
    return { address, outcome: "done" };
  });

/** Call `changed` whenever another cell is selected, or any cell gets another content. */
export const watch = (changed) =>
  run(async (context) => {
    const { onSelectionChanged, worksheets } = context.workbook;
    for (const event of [onSelectionChanged, worksheets.onChanged])
      event?.add(async () => changed());
    await context.sync();
  });

/** Return a cell's address without its sheet: B7. */
export const short = (address) => address.slice(address.lastIndexOf("!") + 1);

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
export const selected = () => run(async context => {
  const cell = context.workbook.getActiveCell();
  cell.load("address,formulas,text,rowIndex,columnIndex");
  await context.sync();
  const here = { address: cell.address, formula: cell.formulas[0][0], text: cell.text[0][0], row: 0, column: 0 };
  return isFormula(here.formula) ? here : spilled(context, cell, here);
});

const isFormula = formula => typeof formula === "string" && formula.startsWith("=");

async function spilled(context, cell, here) {
  try {
    const first = cell.getSpillParentOrNullObject();
    first.load("formulas,rowIndex,columnIndex");
    await context.sync();
    if (first.isNullObject) return here;
    return { ...here, formula: first.formulas[0][0], row: cell.rowIndex - first.rowIndex, column: cell.columnIndex - first.columnIndex };
  } catch {
    return here; // an Excel without dynamic arrays
  }
}

/** Return the values of references, rows of cells each; of one that is too large, null. */
export const values = texts => run(async context => {
  const own = context.workbook.getActiveCell().worksheet;
  const ranges = texts.map(text => {
    const { sheet, address, cells } = reference(text);
    if (cells > MOST_CELLS) return null;
    const from = sheet === null ? own : context.workbook.worksheets.getItem(sheet);
    const range = address.endsWith("#") ? from.getRange(address.slice(0, -1)).getSpillingToRange() : from.getRange(address);
    range.load("values");
    return range;
  });
  await context.sync();
  return ranges.map(range => range && range.values);
});

/** Write a formula into the selected cell; one that holds something only if it is named to be replaced. */
export const write = (formula, replace) => run(async context => {
  const cell = context.workbook.getActiveCell();
  cell.load("address,formulas");
  await context.sync();
  const held = cell.formulas[0][0];
  if (held !== "" && cell.address !== replace) return { address: cell.address, written: false };
  cell.formulas = [[formula]];
  await context.sync();
  return { address: cell.address, written: true };
});

/** Call `changed` whenever another cell is selected. */
export const watch = changed => run(async context => {
  context.workbook.onSelectionChanged.add(async () => changed());
  await context.sync();
});

/** Return a cell's address without its sheet: B7. */
export const short = address => address.slice(address.lastIndexOf("!") + 1);

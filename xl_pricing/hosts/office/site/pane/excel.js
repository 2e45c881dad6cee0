// What the pane asks of Excel: the selected cell, the values of references, and one cell to write.
import { reference } from "./reading.js";

export const MOST_CELLS = 20_000;
/** In place of values: there are too many of them. */
export const LARGE = "large";

export class NoExcel extends Error {}

/** Whether Excel itself refused, as while a cell is typed: its errors have a code, ours have none. */
export const isRefusal = (error) => typeof error.code === "string";

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
    cell.load("address,formulas,values,rowIndex,columnIndex");
    await context.sync();
    const here = {
      address: cell.address,
      formula: cell.formulas[0][0],
      value: cell.values[0][0],
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

/**
 * Return what stands at places outside of a cell's formula: rows of cells each, `LARGE`, or null
 * where there are none. If Excel refuses one of them, the others are still read.
 */
export async function values(places, cell) {
  try {
    return await run((context) => read(context, places, cell));
  } catch {
    const one = (place) => run((context) => read(context, [place], cell)).then(([found]) => found);
    return Promise.all(places.map((place) => one(place).catch(() => null)));
  }
}

async function read(context, places, cell) {
  const { workbook } = context;
  const home = rangeOf(workbook, cell.address).getOffsetRange(-cell.row, -cell.column);
  const names = places.map(({ kind, text }) =>
    kind === "name" ? workbook.names.getItemOrNullObject(text) : null,
  );
  for (const name of names) name?.load("type,value");
  await context.sync();
  const ranges = places.map((place, i) => find[place.kind](workbook, place, { home, name: names[i] }));
  for (const range of ranges) range?.load("cellCount");
  await context.sync();
  const small = ranges.filter((range) => range && !range.isNullObject && isSmall(range));
  for (const range of small) range.load("values");
  await context.sync();
  return ranges.map((range, i) => {
    if (!range) return names[i] ? constant(names[i]) : null;
    if (range.isNullObject) return null;
    return isSmall(range) ? range.values : LARGE;
  });
}

const isSmall = ({ cellCount: count }) => count > 0 && count <= MOST_CELLS;

/** How the range of a place is found; null where it has none. */
const find = {
  reference: (workbook, { text }, { home }) =>
    text.endsWith("#")
      ? rangeOf(workbook, text.slice(0, -1), home).getSpillingToRange()
      : rangeOf(workbook, text, home),
  name: (_, place, { name }) =>
    name.isNullObject || name.type !== "Range" ? null : name.getRange(),
  column: ({ tables }, { table, column, isRow }, { home }) => {
    const within = table ? tables.getItem(table) : home.getTables(false).getFirst();
    const body = within.columns.getItem(column).getDataBodyRange();
    return isRow ? body.getIntersectionOrNullObject(home.getEntireRow()) : body;
  },
};

const CONSTANTS = ["String", "Integer", "Double", "Boolean"];

/** Return the value of a name that stands for no cells. */
const constant = (name) =>
  !name.isNullObject && CONSTANTS.includes(name.type) ? [[name.value]] : null;

/** Return the range of a reference; without a sheet, on that of another range. */
function rangeOf({ worksheets }, text, home) {
  const { sheet, address } = reference(text);
  return (sheet === null ? home.worksheet : worksheets.getItem(sheet)).getRange(address);
}

/** Return the decimal mark that Excel shows and reads. */
export const decimalMark = () =>
  run(async (context) => {
    const { application } = context.workbook;
    application.load("decimalSeparator");
    await context.sync();
    return application.decimalSeparator;
  });

/**
 * Write a formula into the selected cell, if it is still the one that the user sees named (or null),
 * and holds nothing or is the one to be replaced. Return the cell, what came of it, and the
 * formula as it is typed in this Excel.
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
    cell.load("formulasLocal");
    await context.sync();
    return { address, outcome: "done", typed: cell.formulasLocal[0][0] };
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

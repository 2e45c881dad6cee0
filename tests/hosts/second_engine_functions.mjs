// Where HyperFormula lacks a function of Excel's or does it otherwise. Everything is written from
// Excel's own description of its functions, nothing from the project's Python.

import { formatted, general, tidy } from "./second_engine_text.mjs";

const CRITERION = /^(<=|>=|<>|<|>|=)?(.*)$/s;
const WILDCARD = /[*?~]/;
const THOUSANDS = /(?<=\d),(?=\d{3}(?!\d))/g;
const ORDER = {
  "<": (sign) => sign < 0,
  "<=": (sign) => sign <= 0,
  ">": (sign) => sign > 0,
  ">=": (sign) => sign >= 0,
};
const TRUTH = { TRUE: true, FALSE: false };
const TYPES = ["number", "string", "boolean"]; // from low to high: a text is above every number

const isWrapped = (value) => value !== null && typeof value === "object" && "val" in value;
const raw = (value) => (isWrapped(value) ? value.val : value);
const isNumber = (value) => typeof raw(value) === "number";

/** Register the functions; `today` is what TODAY() answers. */
export function register(hyperformula, today) {
  const { HyperFormula, FunctionPlugin } = hyperformula;
  class Functions extends FunctionPlugin {}
  Functions.implementedFunctions = {};
  for (const [name, [compute, parameters, options]] of Object.entries(table(hyperformula, today))) {
    Functions.implementedFunctions[name] = { method: name, parameters, ...options };
    Functions.prototype[name] = function run(ast, state) {
      return this.runFunction(ast.args, state, this.metadata(name), compute.bind(this));
    };
  }
  addPositions(hyperformula, Functions);
  HyperFormula.registerFunctionPlugin(Functions, { enGB: { FIXED: "FIXED" } }); // not in its list
  giveWildcardsToMatch(hyperformula);
  ["IF", "IFERROR"].forEach((name) => keepFromArrays(HyperFormula.getFunctionPlugin(name), name));
}

/** The functions: what computes each, its parameters, its options. */
function table(hyperformula, today) {
  const { FunctionArgumentType: types } = hyperformula;
  const kinds = ["RANGE", "NUMBER", "SCALAR", "STRING", "BOOLEAN"];
  const parameters = kinds.map((kind) => ({ argumentType: types[kind] }));
  const [cells, number, scalar, string, truth] = parameters;
  const optional = (parameter) => ({ ...parameter, optionalArg: true });
  const arrays = { enableArrayArithmeticForArguments: true };
  const { binomial, index, sumproduct, text, value } = withErrors(hyperformula);
  const [count, share] = [{ ...number, minValue: 0 }, { ...number, minValue: 0, maxValue: 1 }];
  const trials = [count, count, share, truth];
  return {
    BINOMDIST: [binomial, trials],
    "BINOM.DIST": [binomial, trials],
    FIXED: [fixed, [number, { ...number, defaultValue: 2 }, { ...truth, defaultValue: false }]],
    INDEX: [index, [cells, number, optional(number)], arrays],
    INT: [Math.floor, [number]],
    ROUND: [(given, places) => rounded(given, places, Math.round), [number, number]],
    ROUNDDOWN: [(given, places) => rounded(given, places, Math.floor), [number, number]],
    ROUNDUP: [(given, places) => rounded(given, places, Math.ceil), [number, number]],
    SUBSTITUTE: [substitute, [string, string, string, optional(number)]],
    SUMPRODUCT: [sumproduct, [cells], { ...arrays, repeatLastArgs: 1 }],
    TEXT: [text, [scalar, string]],
    TODAY: [() => today, []],
    VALUE: [value, [scalar]],
  };
}

/** Round the decimal number that Excel shows: ROUND(1.005,2) is 1.01. */
function rounded(number, places, step) {
  const power = 10 ** Math.trunc(places);
  return (Math.sign(number) * step(tidy(Math.abs(number) * power))) / power;
}

/** Rounded to so many decimals as text; thousands are parted unless `plain`. */
function fixed(number, decimals, plain) {
  const places = Math.trunc(decimals);
  const format = `${plain ? "0" : "#,##0"}${places > 0 ? "." + "0".repeat(places) : ""}`;
  return formatted(rounded(number, places, Math.round), `${format};-${format}`);
}

function substitute(text, old, put, which) {
  if (old === "") return text;
  const parts = text.split(old);
  if (which === undefined) return parts.join(put);
  const place = Math.trunc(which);
  if (place >= parts.length) return text;
  return parts.slice(0, place).join(old) + put + parts.slice(place).join(old);
}

/** The probability of so many successes, from the logarithms of its factors. */
function chance(successes, trials, share) {
  if (share === 0 || share === 1) return Number(successes === trials * share);
  let sum = successes * Math.log(share) + (trials - successes) * Math.log1p(-share);
  for (let i = 1; i <= successes; i += 1) sum += Math.log((trials - successes + i) / i);
  return Math.exp(sum);
}

/** The probability of so many successes or fewer, added up from the most probable number. */
function chanceUpTo(most, trials, share) {
  const peak = Math.min(most, Math.floor((trials + 1) * share));
  const odds = share / (1 - share);
  let sum = chance(peak, trials, share);
  if (share === 0 || share === 1) return sum;
  for (let i = peak, term = sum; i > 0 && term > 0; i -= 1) {
    term *= i / (trials - i + 1) / odds;
    sum += term;
  }
  for (let i = peak + 1, term = chance(peak, trials, share); i <= most && term > 0; i += 1) {
    term *= ((trials - i + 1) / i) * odds;
    sum += term;
  }
  return Math.min(sum, 1);
}

/** The functions that may answer with an error. */
function withErrors({ CellError, ErrorType, EmptyValue, SimpleRangeValue }) {
  const failed = (type) => new CellError(ErrorType[type]);

  function binomial(given, among, share, cumulative) {
    const [successes, trials] = [Math.trunc(given), Math.trunc(among)];
    if (successes > trials) return failed("NUM");
    return (cumulative ? chanceUpTo : chance)(successes, trials, share);
  }

  /** Multiply and add; what is no number counts as 0, TRUE too. */
  function sumproduct(...ranges) {
    const [first] = ranges;
    if (ranges.some((range) => !range.sameDimensionsAs(first))) return failed("VALUE");
    const lists = ranges.map((range) => range.valuesFromTopLeftCorner());
    const error = lists.flat().find((value) => value instanceof CellError);
    const factor = (value) => (isNumber(value) ? raw(value) : 0);
    const product = (i) => lists.reduce((product, list) => product * factor(list[i]), 1);
    return error ?? lists[0].reduce((sum, _, i) => sum + product(i), 0);
  }

  /** Return a cell; for row or column 0 all of them, which stay cells of the sheet. */
  function index(range, first, second) {
    const alone = second === undefined && range.height() === 1;
    const [row, column] = alone ? [1, first] : [first, second ?? Number(range.width() === 1)];
    if (row < 0 || column < 0) return failed("VALUE");
    if (row > range.height() || column > range.width()) return failed("REF");
    return part(range, Math.trunc(row), Math.trunc(column), this.dependencyGraph);
  }

  function part(range, row, column, graph) {
    if (row && column) return range.data[row - 1][column - 1];
    const [left, width] = column ? [column - 1, 1] : [0, range.width()];
    const [top, height] = row ? [row - 1, 1] : [0, range.height()];
    if (range.range === undefined) {
      const rows = range.data.slice(top, top + height);
      return SimpleRangeValue.onlyValues(rows.map((cells) => cells.slice(left, left + width)));
    }
    const { sheet, col, row: start } = range.range.start;
    const corner = { sheet, col: col + left, row: start + top };
    const cells = range.range.constructor.spanFrom(corner, width, height);
    return SimpleRangeValue.onlyRange(cells, graph);
  }

  function value(given) {
    if (given === EmptyValue) return 0;
    if (typeof given === "boolean") return failed("VALUE");
    if (typeof given !== "string") return given;
    const plain = given.trim().replace(THOUSANDS, "");
    return this.arithmeticHelper.coerceToMaybeNumber(plain) ?? failed("VALUE");
  }

  function text(given, format) {
    if (given instanceof CellError) return given;
    return formatted(given === EmptyValue ? 0 : given, format) ?? failed("VALUE");
  }

  return { binomial, index, sumproduct, text, value };
}

/** Add ROW and COLUMN, which answer for each cell of a range where arrays are computed. */
function addPositions({ HyperFormula, SimpleRangeValue }, plugin) {
  const list = { row: (all) => all.map((one) => [one]), col: (all) => [all] };
  for (const [name, axis] of [["ROW", "row"], ["COLUMN", "col"]]) {
    const like = HyperFormula.getFunctionPlugin(name).implementedFunctions[name];
    plugin.implementedFunctions[name] = { ...like, method: name };
    plugin.prototype[name] = ({ args }, state) => {
      if (args.length === 0) return state.formulaAddress[axis] + 1;
      const [first, last] = ends(args[0], axis, state.formulaAddress);
      if (!state.arraysFlag) return first;
      const all = Array.from({ length: last - first + 1 }, (_, i) => first + i);
      return SimpleRangeValue.onlyValues(list[axis](all));
    };
  }
}

function ends(ast, axis, place) {
  if (ast.type === "PARENTHESIS") return ends(ast.expression, axis, place);
  const corners = ast.type === "CELL_RANGE" ? [ast.start, ast.end] : [ast.reference, ast.reference];
  return corners.map((corner) => corner.toSimpleCellAddress(place)[axis] + 1);
}

function giveWildcardsToMatch({ HyperFormula, CellError, ErrorType }) {
  const lookup = HyperFormula.getFunctionPlugin("MATCH").prototype;
  const { doMatch } = lookup;
  lookup.doMatch = function match(key, range, type) {
    const isPattern = type === 0 && typeof key === "string" && WILDCARD.test(key);
    if (!isPattern) return doMatch.call(this, key, range, type);
    const matches = this.arithmeticHelper.eqMatcherFunction(key);
    const at = range.valuesFromTopLeftCorner().findIndex(matches);
    return at < 0 ? new CellError(ErrorType.NA) : at + 1;
  };
}

/** Compute one value only, which is all that Excel does without an array formula. */
function keepFromArrays(plugin, name) {
  const { method } = plugin.implementedFunctions[name];
  const compute = plugin.prototype[method];
  plugin.prototype[method] = function once(ast, state) {
    return compute.call(this, ast, { ...state, arraysFlag: false });
  };
}

/** Let an engine compare, convert and search as Excel does. */
export function adapt(hyperformula, interpreter) {
  const { EmptyValue } = hyperformula;
  const helper = interpreter.arithmeticHelper;
  const toNumber = helper.coerceNonDateScalarToMaybeNumber.bind(helper);
  const isBlank = (value) => typeof value === "string" && value.trim() === "";
  helper.coerceNonDateScalarToMaybeNumber = (value) =>
    isBlank(value) ? undefined : toNumber(value);
  helper.compare = (left, right) => compare(helper, EmptyValue, left, right);
  interpreter.criterionBuilder.fromCellValue = (given) => {
    const value = given === EmptyValue ? 0 : given;
    if (!TYPES.includes(typeof value)) return undefined;
    return { raw: JSON.stringify([value]), lambda: condition(helper, EmptyValue, value) };
  };
  writeNumbersAsExcel(hyperformula, interpreter);
  computeArrayConstants(interpreter);
}

/** Compare without taking texts for dates: "4:5" is not "04:05". */
function compare(helper, EmptyValue, left, right) {
  const blank = (like) => ({ string: "", boolean: false })[typeof raw(like)] ?? 0;
  const one = left === EmptyValue ? blank(right) : raw(left);
  const other = right === EmptyValue ? blank(left) : raw(right);
  if (typeof one !== typeof other) return TYPES.indexOf(typeof one) - TYPES.indexOf(typeof other);
  if (typeof one === "string") return helper.stringCmp(one, other);
  return helper.floatCmp(Number(one), Number(other));
}

/** Return what tells whether a cell meets a criterion of SUMIFS and the like. */
function condition(helper, EmptyValue, criterion) {
  const [, sign = "", text] = typeof criterion === "string" ? CRITERION.exec(criterion) : [];
  const wanted = text ?? criterion;
  if (criterion === "") return (cell) => cell === EmptyValue || cell === "";
  const equals = equalTo(helper, EmptyValue, wanted);
  if (sign === "<>") return (cell) => !equals(cell);
  if (!(sign in ORDER)) return equals;
  const number = numberIn(helper, wanted);
  return number === undefined
    ? (cell) => typeof cell === "string" && ORDER[sign](helper.stringCmp(cell, wanted))
    : (cell) => typeof cell === "number" && ORDER[sign](helper.floatCmp(cell, number));
}

function equalTo(helper, EmptyValue, wanted) {
  if (wanted === "") return (cell) => cell === EmptyValue;
  const number = numberIn(helper, wanted);
  if (number !== undefined) {
    return (cell) => {
      const other = numberIn(helper, cell); // a text that looks like the number counts
      return other !== undefined && helper.floatCmp(other, number) === 0;
    };
  }
  const truth = typeof wanted === "boolean" ? wanted : TRUTH[wanted.toUpperCase()];
  return truth === undefined ? helper.eqMatcherFunction(wanted) : (cell) => cell === truth;
}

function numberIn(helper, value) {
  if (typeof value === "number") return value;
  return typeof value === "string" ? raw(helper.coerceToMaybeNumber(value)) : undefined;
}

function writeNumbersAsExcel({ FunctionPlugin, FunctionArgumentType }, interpreter) {
  const { concatOp } = interpreter;
  const { coerceToType } = FunctionPlugin.prototype;
  const written = (value) => (isNumber(value) ? general(raw(value)) : value);
  interpreter.concatOp = (left, right) => concatOp(written(left), written(right));
  FunctionPlugin.prototype.coerceToType = function coerce(value, parameter, state) {
    const asText = parameter.argumentType === FunctionArgumentType.STRING;
    return coerceToType.call(this, asText ? written(value) : value, parameter, state);
  };
}

/** Compute SMALL(A1:A9,{1,2}) for each of the constants, also outside SUMPRODUCT. */
function computeArrayConstants(interpreter) {
  const evaluate = interpreter.evaluateAstWithoutPostprocessing;
  const known = new WeakMap();
  const inside = (ast) => [ast.left, ast.right, ast.value, ast.expression];
  const holdsArray = (ast) =>
    ast?.type === "ARRAY" || (typeof ast === "object" && inside(ast).some(holdsArray));
  const asksForArrays = (ast) => {
    if (!known.has(ast)) known.set(ast, ast.args.some(holdsArray));
    return known.get(ast);
  };
  interpreter.evaluateAstWithoutPostprocessing = (ast, state) => {
    const arrays = ast.type === "FUNCTION_CALL" && asksForArrays(ast);
    return evaluate.call(interpreter, ast, arrays ? { ...state, arraysFlag: true } : state);
  };
}

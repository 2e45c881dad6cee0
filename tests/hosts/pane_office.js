// What the pane needs of Office.js, written from its documentation; for tests only.
(() => {
  const given = window.given ?? {};
  const state = (window.sheet = {
    active: "Sheet1!B7",
    cells: {},
    spills: {},
    listeners: [],
    changes: [],
    written: [],
    fault: null,
    ...given.sheet,
  });
  const letters = (n) => String.fromCharCode(65 + n);
  const corners = (address) =>
    address.split(":").map((cell) => [cell.charCodeAt(0) - 65, Number(cell.slice(1)) - 1]);
  const held = (key) => state.cells[key] ?? { formula: "", value: "" };

  class Range {
    constructor(sheet, address) {
      Object.assign(this, { sheet, only: address });
    }
    get address() {
      return `${this.sheet}!${this.only}`;
    }
    get worksheet() {
      return new Sheet(this.sheet);
    }
    get rowIndex() {
      return corners(this.only)[0][1];
    }
    get columnIndex() {
      return corners(this.only)[0][0];
    }
    get isNullObject() {
      return this.only === null;
    }
    get cellCount() {
      return this.grid((cell) => cell).flat().length;
    }
    getOffsetRange(rows, columns) {
      const [[column, row]] = corners(this.only);
      return new Range(this.sheet, `${letters(column + columns)}${row + rows + 1}`);
    }
    getEntireRow() {
      return this;
    }
    getIntersectionOrNullObject({ rowIndex: row }) {
      const [[left, top], [right, bottom] = [left, top]] = corners(this.only);
      const isWithin = top <= row && row <= bottom;
      return new Range(this.sheet, isWithin ? `${letters(left)}${row + 1}:${letters(right)}${row + 1}` : null);
    }
    getTables() {
      const [[column, row]] = corners(this.only);
      const found = Object.values(state.tables ?? {}).find(({ sheet, cells }) => {
        const [[left, top], [right, bottom]] = corners(cells);
        return sheet === this.sheet && left <= column && column <= right && top <= row && row <= bottom;
      });
      return { getFirst: () => table(found) };
    }
    grid(read) {
      const [[left, top], [right, bottom] = [left, top]] = corners(this.only);
      return Array.from({ length: bottom - top + 1 }, (_, row) =>
        Array.from({ length: right - left + 1 }, (_, column) =>
          read(held(`${this.sheet}!${letters(left + column)}${top + row + 1}`)),
        ),
      );
    }
    get formulas() {
      return this.grid((cell) => cell.formula ?? cell.value);
    }
    get values() {
      return this.grid((cell) => cell.value);
    }
    get text() {
      return this.grid((cell) => String(cell.value));
    }
    get formulasLocal() {
      const { decimal = ".", list = "," } = state.marks ?? {};
      const local = (text) =>
        text.replace(/"[^"]*"|[.,]/g, (part) => ({ ".": decimal, ",": list })[part] ?? part);
      return this.grid((cell) => local(cell.formula));
    }
    set formulas([[formula]]) {
      state.cells[this.address] = { formula, value: 0 };
      state.written.push([this.address, formula]);
    }
    load() {
      return this;
    }
    getSpillParentOrNullObject() {
      return new Range(this.sheet, state.spills[this.address] ?? null);
    }
    getSpillingToRange() {
      return this;
    }
  }

  /** A table whose columns are named: {sheet, cells of its body, columns}; an error where none is. */
  const table = (found) => {
    if (!found) throw new Error("ItemNotFound");
    const [[left, top], [, bottom]] = corners(found.cells);
    const getItem = (name) => {
      const column = found.columns.indexOf(name);
      if (column < 0) throw new Error("ItemNotFound");
      const letter = letters(left + column);
      const body = new Range(found.sheet, `${letter}${top + 1}:${letter}${bottom + 1}`);
      return { getDataBodyRange: () => body };
    };
    return { columns: { getItem } };
  };

  class Sheet {
    constructor(name) {
      this.name = name;
    }
    getRange(address) {
      if (state.missing?.includes(this.name)) throw new Error("ItemNotFound");
      return new Range(this.name, address.replaceAll("$", ""));
    }
  }

  class Name {
    constructor(name) {
      this.place = state.names?.[name];
    }
    get isNullObject() {
      return this.place === undefined;
    }
    get type() {
      if (this.place === null) return "Array";
      return typeof this.place === "number" ? "Double" : "Range";
    }
    get value() {
      return this.place;
    }
    load() {
      return this;
    }
    getRange() {
      return new Range(...this.place.split("!"));
    }
  }

  const context = {
    workbook: {
      application: {
        load: () => {},
        get decimalSeparator() {
          return state.marks?.decimal ?? ".";
        },
      },
      getActiveCell: () => {
        const [sheet, address] = state.active.split("!");
        return new Range(sheet, address);
      },
      names: { getItemOrNullObject: (name) => new Name(name) },
      tables: { getItem: (name) => table(state.tables?.[name]) },
      worksheets: {
        getItem: (name) => new Sheet(name),
        onChanged: { add: (listener) => state.changes.push(listener) },
      },
      onSelectionChanged: { add: (listener) => state.listeners.push(listener) },
    },
    sync: async () => {
      if (state.fault) throw Object.assign(new Error(state.fault), { code: state.fault.split(":")[0] });
    },
  };

  window.select = (address) => {
    state.active = address;
    return Promise.all(state.listeners.map((listener) => listener()));
  };
  window.type = (address, formula, value) => {
    state.cells[address] = { formula, value };
    return Promise.all(state.changes.map((listener) => listener()));
  };
  window.Office = {
    onReady: async () => ({ host: "Excel" }),
    context: {
      displayLanguage: given.language ?? "en-US",
      officeTheme: given.theme && { bodyBackgroundColor: given.theme },
    },
  };
  if (!given.alone) window.Excel = { run: (work) => work(context) };
})();

// The list of the sheets: only the rows in sight are in the page, however many there are.
const AROUND = 8;

export class List {
  constructor(grid, sheets, figures) {
    Object.assign(this, { grid, sheets, figures, body: grid.querySelector(".body"), indexes: [] });
    sheets.on(["rows", "filter", "states"], () => this.filtered());
    sheets.on(["chosen"], () => this.follow());
    grid.addEventListener("scroll", () => this.draw(), { passive: true });
    grid.addEventListener("keydown", (event) => this.press(event));
    this.body.addEventListener("click", (event) => {
      const row = event.target.closest("[data-index]");
      if (row) sheets.choose(Number(row.dataset.index));
    });
    new ResizeObserver(() => this.draw()).observe(grid);
  }

  /** The rows that pass, all of them. */
  filtered() {
    this.indexes = this.sheets.rows.flatMap((row, index) => (this.sheets.passes(row) ? [index] : []));
    this.grid.setAttribute("aria-rowcount", String(this.indexes.length + 1));
    this.drawn = null;
    this.draw();
  }

  /** The rows in sight, and a few around them. */
  draw() {
    const height = Number.parseFloat(getComputedStyle(this.grid).getPropertyValue("--row"));
    this.rowHeight = height;
    this.body.style.height = `${this.indexes.length * height}px`;
    const first = Math.max(0, Math.floor(this.grid.scrollTop / height) - AROUND);
    const last = Math.min(this.indexes.length, Math.ceil((this.grid.scrollTop + this.grid.clientHeight) / height) + AROUND);
    const asked = `${first} ${last} ${height} ${this.sheets.chosen}`;
    if (this.drawn === asked) return;
    this.drawn = asked;
    const rows = [];
    for (let at = first; at < last; at += 1) rows.push(this.row(at));
    this.body.replaceChildren(...rows);
    this.point();
  }

  row(at) {
    const index = this.indexes[at];
    const sheet = this.sheets.rows[index];
    const row = document.createElement("div");
    row.className = `row ${sheet.state}`;
    row.id = `row-${index}`;
    row.dataset.index = index;
    row.setAttribute("role", "row");
    row.setAttribute("aria-rowindex", String(at + 2));
    row.setAttribute("aria-selected", String(index === this.sheets.chosen));
    row.style.transform = `translateY(${at * this.rowHeight}px)`;
    const cells = [sheet.name, sheet.state_label, this.figures.bytes(sheet.size_bytes), this.figures.seconds(sheet.seconds)];
    row.append(...cells.map((text, i) => cell(text, i > 1)));
    return row;
  }

  /** Bring the chosen sheet into sight. */
  follow() {
    const at = this.indexes.indexOf(this.sheets.chosen);
    if (at >= 0) {
      const [top, bottom] = [at * this.rowHeight, (at + 1) * this.rowHeight];
      const room = this.grid.clientHeight - this.rowHeight;
      if (top < this.grid.scrollTop) this.grid.scrollTop = top;
      else if (bottom > this.grid.scrollTop + room) this.grid.scrollTop = bottom - room;
    }
    this.draw();
  }

  /** Tell assistive technology which row is the current one. */
  point() {
    const current = this.body.querySelector("[aria-selected=true]");
    if (current) this.grid.setAttribute("aria-activedescendant", current.id);
    else this.grid.removeAttribute("aria-activedescendant");
  }

  press(event) {
    const page = Math.max(1, Math.floor(this.grid.clientHeight / this.rowHeight) - 2);
    const at = this.indexes.indexOf(this.sheets.chosen);
    const last = this.indexes.length - 1;
    const steps = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + page, PageUp: at - page, Home: 0, End: last };
    if (!(event.key in steps) || last < 0) return;
    event.preventDefault();
    this.sheets.choose(this.indexes[Math.min(last, Math.max(0, steps[event.key]))]);
  }
}

function cell(text, right) {
  const made = document.createElement("span");
  made.setAttribute("role", "gridcell");
  if (right) made.className = "right";
  made.textContent = text;
  return made;
}

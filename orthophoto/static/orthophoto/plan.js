// The outlines of the sheets on a plan: a fill, a pattern and a letter for each state; arrows go to the neighbour.
const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 1000;
const MARGIN = 14;
const TALLEST = 0.8;
const FLATTEST = 0.45;
const LETTER_PX = 22;
const LETTERS = { failed: "✕", refused: "!" };
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Plan {
  constructor(svg, hover, sheets) {
    Object.assign(this, { svg, hover, sheets, shapes: [] });
    sheets.on(["rows"], () => this.draw());
    sheets.on(["states", "filter"], () => this.colour());
    sheets.on(["chosen"], () => this.mark());
    svg.addEventListener("pointermove", (event) => this.name(indexAt(event)));
    svg.addEventListener("pointerleave", () => this.name(null));
    svg.addEventListener("click", (event) => {
      const index = indexAt(event);
      if (index !== null) sheets.choose(index);
    });
    svg.addEventListener("focus", () => this.name(sheets.chosen));
    svg.addEventListener("keydown", (event) => this.press(event));
    new ResizeObserver(() => this.fit()).observe(svg);
  }

  /** New outlines: everything is drawn again. Without any there is no plan. */
  draw() {
    this.shapes = [];
    const placed = this.sheets.rows.flatMap((row, index) => (row.outline ? [{ index, ring: row.outline }] : []));
    this.svg.toggleAttribute("hidden", placed.length === 0);
    if (!placed.length) return;
    const frame = frameOf(placed.flatMap(({ ring }) => ring));
    this.svg.setAttribute("viewBox", `0 0 ${WIDTH} ${frame.height.toFixed(0)}`);
    this.shapes = placed.map(({ index, ring }) => shapeOf(index, ring.map(frame.place)));
    this.halo = make("path", { class: "halo" });
    this.outline = make("path", { class: "chosen" });
    const defs = this.svg.querySelector("defs");
    const parts = this.shapes.flatMap(({ path, letter }) => (letter ? [path, letter] : [path]));
    this.svg.replaceChildren(defs, ...parts, this.halo, this.outline);
    this.colour();
    this.mark();
  }

  /** Keep the patterns as coarse on the screen, however small the plan. */
  fit() {
    const scale = (0.62 * WIDTH) / Math.max(this.svg.clientWidth, 1);
    for (const pattern of this.svg.querySelectorAll("pattern"))
      pattern.setAttribute("patternTransform", `rotate(45) scale(${scale.toFixed(2)})`);
  }

  colour() {
    for (const { index, path, letter } of this.shapes) {
      const row = this.sheets.rows[index];
      const dim = this.sheets.passes(row) ? "" : " dim";
      path.setAttribute("class", `sheet ${row.state}${dim}`);
      path.setAttribute("aria-label", `${row.name}, ${row.state_label}`);
      if (letter) letter.textContent = dim ? "" : (LETTERS[row.state] ?? "");
    }
    this.name(this.named ?? null);
  }

  mark() {
    const { chosen } = this.sheets;
    if (!this.shapes.length) return;
    const shape = this.shapes.find(({ index }) => index === chosen);
    const d = shape ? shape.path.getAttribute("d") : "";
    this.halo.setAttribute("d", d);
    this.outline.setAttribute("d", d);
    this.svg.querySelector("[aria-selected=true]")?.setAttribute("aria-selected", "false");
    shape?.path.setAttribute("aria-selected", "true");
    if (shape) this.svg.setAttribute("aria-activedescendant", shape.path.id);
    else this.svg.removeAttribute("aria-activedescendant");
    this.name(shape ? chosen : null);
  }

  /** Say which sheet this is, below the plan. */
  name(index) {
    this.named = index;
    const row = index === null ? undefined : this.sheets.rows[index];
    this.hover.textContent = row ? `${row.name} · ${row.state_label}` : "\u00a0";
  }

  press(event) {
    const way = WAYS[event.key];
    if (!way || !this.shapes.length) return;
    event.preventDefault();
    const from = this.shapes.find(({ index }) => index === this.sheets.chosen);
    const to = from ? neighbour(this.shapes, from, way) : this.shapes[0];
    if (to) this.sheets.choose(to.index);
  }
}

/** How the ground fits the plan: its height, and where a position falls. */
function frameOf(positions) {
  const [xs, ys] = [positions.map(([x]) => x), positions.map(([, y]) => y)];
  const [west, east] = [least(xs), -least(xs.map((x) => -x))];
  const [south, north] = [least(ys), -least(ys.map((y) => -y))];
  const room = WIDTH - 2 * MARGIN;
  const wide = Math.max(east - west, (north - south) / TALLEST, 1);
  const scale = room / wide;
  const height = Math.max((north - south) * scale + 2 * MARGIN, WIDTH * FLATTEST);
  const [left, top] = [(WIDTH - (east - west) * scale) / 2, (height - (north - south) * scale) / 2];
  return { height, place: ([x, y]) => [left + (x - west) * scale, top + (north - y) * scale] };
}

const least = (values) => values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);

function shapeOf(index, ring) {
  const [xs, ys] = [ring.map(([x]) => x), ring.map(([, y]) => y)];
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const [x, y, side] = [(left + right) / 2, (top + bottom) / 2, Math.min(right - left, bottom - top)];
  const d = `M${ring.map((position) => position.map((value) => value.toFixed(1)).join(",")).join("L")}Z`;
  const path = make("path", { d, id: `sheet-${index}`, role: "option", "aria-selected": "false", "data-index": index });
  const size = Math.min(side * 0.6, 40).toFixed(1);
  const letter = side >= LETTER_PX ? make("text", { x, y, "font-size": size, "aria-hidden": "true" }) : null;
  return { index, path, letter, x, y };
}

/** The nearest sheet on one side, those straight ahead before those aslant. */
function neighbour(shapes, from, [dx, dy]) {
  let [best, nearest] = [null, Number.POSITIVE_INFINITY];
  for (const shape of shapes) {
    const [x, y] = [shape.x - from.x, shape.y - from.y];
    const [ahead, aside] = [x * dx + y * dy, Math.abs(x * dy - y * dx)];
    const far = ahead + 2 * aside;
    if (ahead > 0.5 && aside <= ahead * 1.2 && far < nearest) [best, nearest] = [shape, far];
  }
  return best;
}

function indexAt(event) {
  const index = event.target.dataset?.index;
  return index === undefined ? null : Number(index);
}

function make(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

// The sheets of a campaign: one selection and one filter for the plan and the list, which listen.
const PAGE = 1000;
const STRETCH = 50;

export class Sheets extends EventTarget {
  rows = [];
  chosen = null;
  filter = "";

  constructor(address, states) {
    super();
    this.address = address;
    this.states = states;
  }

  /** Everything, page by page. */
  async load() {
    const rows = [];
    let following = `${this.address}?limit=${PAGE}`;
    while (following) {
      const page = await json(following);
      rows.push(...page.results);
      following = page.next;
    }
    this.rows = rows;
    if (this.chosen >= rows.length) this.chosen = null;
    this.tell("rows");
  }

  /** Take in one letter per sheet; what has changed is asked for again, for its message and its figures. */
  async take(letters) {
    if (letters.length !== this.rows.length) return this.load();
    const changed = new Set();
    for (let i = 0; i < letters.length; i += 1) {
      const { state, label } = this.states[letters[i]];
      if (this.rows[i].state === state) continue;
      Object.assign(this.rows[i], { state, state_label: label });
      changed.add(Math.floor(i / STRETCH));
    }
    if (!changed.size) return undefined;
    this.tell("states");
    await Promise.all([...changed].map((stretch) => this.refresh(stretch * STRETCH)));
    return this.tell("states");
  }

  async refresh(offset) {
    const page = await json(`${this.address}?limit=${STRETCH}&offset=${offset}`);
    page.results.forEach((row, i) => Object.assign(this.rows[offset + i] ?? {}, row));
  }

  choose(index) {
    if (index === this.chosen || index < 0 || index >= this.rows.length) return;
    this.chosen = index;
    this.tell("chosen");
  }

  show(filter) {
    this.filter = filter;
    this.tell("filter");
  }

  passes(row) {
    return !this.filter || row.state === this.filter;
  }

  /** How many sheets are in each state. */
  counts() {
    const counts = { "": this.rows.length };
    for (const { state } of this.rows) counts[state] = (counts[state] ?? 0) + 1;
    return counts;
  }

  tell(what) {
    this.dispatchEvent(new Event(what));
  }

  /** Be told of any of these. */
  on(names, act) {
    for (const name of names) this.addEventListener(name, act);
  }
}

export async function json(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw Object.assign(new Error(address), { status: answer.status });
  return answer.json();
}

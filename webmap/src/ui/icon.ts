import {
  ArrowDown,
  ArrowLeftRight,
  ArrowUp,
  ChartSpline,
  Check,
  ChevronDown,
  ChevronLeft,
  ChevronRight,
  ChevronsLeftRight,
  CircleHelp,
  CircleUser,
  ClipboardList,
  Columns2,
  Crosshair,
  Download,
  Droplets,
  Ellipsis,
  Hash,
  History,
  House,
  type IconNode,
  Image,
  Info,
  Landmark,
  Layers,
  Link,
  LoaderCircle,
  LocateFixed,
  LogIn,
  LogOut,
  MapPin,
  Maximize,
  Minus,
  Pencil,
  Pentagon,
  Plus,
  Printer,
  RotateCcw,
  Route,
  Ruler,
  Search,
  Settings,
  Sheet,
  SlidersHorizontal,
  SquareMousePointer,
  SquareSplitHorizontal,
  TriangleAlert,
  Undo2,
  Upload,
  Users,
  WifiOff,
  X,
} from "lucide";

const ICONS = {
  account: CircleUser,
  admin: Settings,
  alert: TriangleAlert,
  check: Check,
  chevronDown: ChevronDown,
  chevronLeft: ChevronLeft,
  chevronRight: ChevronRight,
  choose: SquareMousePointer,
  close: X,
  commune: Landmark,
  coordinates: Crosshair,
  down: ArrowDown,
  download: Download,
  draw: Pencil,
  frame: Maximize,
  grip: ChevronsLeftRight,
  help: CircleHelp,
  history: History,
  house: House,
  info: Info,
  layers: Layers,
  length: Ruler,
  link: Link,
  list: Sheet,
  loader: LoaderCircle,
  locate: LocateFixed,
  measure: Ruler,
  minus: Minus,
  more: Ellipsis,
  number: Hash,
  offline: WifiOff,
  area: Pentagon,
  people: Users,
  permits: ClipboardList,
  photos: Image,
  pin: MapPin,
  plus: Plus,
  print: Printer,
  profile: ChartSpline,
  retry: RotateCcw,
  road: Route,
  search: Search,
  signIn: LogIn,
  signOut: LogOut,
  side: Columns2,
  sliders: SlidersHorizontal,
  swipe: SquareSplitHorizontal,
  swap: ArrowLeftRight,
  undo: Undo2,
  up: ArrowUp,
  upload: Upload,
  water: Droplets,
} satisfies Record<string, IconNode>;

export type IconName = keyof typeof ICONS;

const known: Record<string, IconNode> = { ...ICONS };

/** Icons that come later, with what they belong to. */
export function addIcons(icons: Record<string, IconNode>): void {
  Object.assign(known, icons);
}

const SVG = "http://www.w3.org/2000/svg";

/** A Lucide icon, 20 px, hidden from screen readers: a word always goes with it. */
export class ArpentIcon extends HTMLElement {
  static readonly observedAttributes = ["name"];

  /** Drawn once in the page, not before: Lit counts the nodes of a template while it is being cloned. */
  connectedCallback(): void {
    this.draw();
  }

  attributeChangedCallback(): void {
    if (this.isConnected) this.draw();
  }

  private draw(): void {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    for (const [tag, attributes] of known[this.getAttribute("name") ?? ""] ?? []) {
      const shape = document.createElementNS(SVG, tag);
      for (const [name, value] of Object.entries(attributes)) shape.setAttribute(name, String(value));
      svg.append(shape);
    }
    this.setAttribute("aria-hidden", "true");
    this.replaceChildren(svg);
  }
}

customElements.define("arp-icon", ArpentIcon);

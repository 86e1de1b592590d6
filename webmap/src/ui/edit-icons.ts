import {
  ArrowLeftRight,
  Camera,
  CircleDot,
  Combine,
  Eye,
  EyeOff,
  Hand,
  type IconNode,
  Magnet,
  MousePointer2,
  Move,
  Redo2,
  Save,
  Scissors,
  SquareDashedMousePointer,
  Trash2,
  Waypoints,
} from "lucide";
import { addIcons, type IconName } from "./icon";

const EDIT_ICONS = {
  camera: Camera,
  hide: EyeOff,
  hold: Hand,
  magnet: Magnet,
  many: SquareDashedMousePointer,
  merge: Combine,
  move: Move,
  pointer: MousePointer2,
  redo: Redo2,
  remove: Trash2,
  reverse: ArrowLeftRight,
  save: Save,
  show: Eye,
  split: Scissors,
  trace: Waypoints,
  vertex: CircleDot,
} satisfies Record<string, IconNode>;

/** While editing: those of the first view too. */
export type EditIconName = IconName | keyof typeof EDIT_ICONS;

/** Icons of editing: fetched with the editor. */
addIcons(EDIT_ICONS);

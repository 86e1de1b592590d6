import {
  AmbientLight,
  BufferAttribute,
  BufferGeometry,
  Color,
  DirectionalLight,
  Float32BufferAttribute,
  Fog,
  LineBasicMaterial,
  LineSegments,
  Mesh,
  MeshLambertMaterial,
  type Object3D,
  PCFShadowMap,
  PerspectiveCamera,
  Raycaster,
  Scene,
  SRGBColorSpace,
  Texture,
  Vector2,
  type Vector3Tuple,
  WebGLRenderer,
} from "three";
import type * as schema from "../../api/schema";
import type { Geometry } from "../../geo/geojson";
import { type Box, type Position, readShape } from "../../geo/shape";
import { eyeOf, type Point, type View } from "./camera";
import { boxOfGround, cellsOf, type Ground, heightAt, lowest } from "./ground";
import { type SceneData, SHADOW_REACH_M } from "./loading";
import { type Corner, coverOf, prismOf, type Triangles, wallOf } from "./solids";

export const COLOURS = {
  ground: 0xb9c0ae,
  projectRoof: 0xb8351c,
  projectWall: 0xdc8b38,
  projectEdge: 0x4a1708,
  roof: 0xa89a86,
  wall: 0xcbc3b5,
  day: 0xd5e3ee,
  night: 0x121a2b,
} as const;

/** Around the project one sees the photo closer, and shadows. */
const NEAR_M = 100;
const SHADOW_PX = 2048;
const SUN_AWAY_M = 600;
const WIDE_DEGREES = 50;
/** Of the light on level ground: what the sun gives at most, and at most what it gives to a wall that faces it. */
const SUN_SHARE = 0.5;
const SUN_MOST = 1;
const NIGHT = 0.3;
const HAZE = { walk: [250, 620], orbit: [50_000, 60_000] } as const;
/** Under the ground, so that no gap is seen on a slope. */
const SUNK_M = 1;
const DENSEST = 2;
/** How sharp a photo stays that is seen at a slant. */
const MOST_SLANTED = 8;

export type Part = "near" | "far";

/** Whether this browser draws in three dimensions. */
export function drawsIn3d(): boolean {
  const context = document.createElement("canvas").getContext("webgl2");
  context?.getExtension("WEBGL_lose_context")?.loseContext();
  return context !== null;
}

/** The picture: what stands on the ground, its light, and the eye. Drawn again only when something changed. */
export class Stage {
  private readonly renderer: WebGLRenderer;
  private readonly scene = new Scene();
  private readonly camera = new PerspectiveCamera(WIDE_DEGREES, 1, 0.3, 4_000);
  private readonly sky = new AmbientLight(0xffffff, Math.PI);
  private readonly sun = new DirectionalLight(0xffffff, 0);
  private readonly haze = new Fog(COLOURS.day, ...HAZE.orbit);
  private readonly ground: Record<Part, Mesh<BufferGeometry, MeshLambertMaterial>>;
  private readonly solid: Mesh[];
  /** What is near zero in the picture: figures of Lambert-93 are too large for a graphics card. */
  private readonly origin: Point;
  readonly boxes: Readonly<Record<Part, Box>>;
  private waiting = 0;
  private view: View | null = null;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly data: SceneData,
    private readonly drawn: () => void,
  ) {
    const [west, south, east, north] = data.scene.bbox as unknown as Box;
    const centre: Position = [(west + east) / 2, (south + north) / 2];
    this.origin = [...centre, heightAt(data.ground, centre)] as Point;
    this.renderer = new WebGLRenderer({ canvas, antialias: true });
    this.renderer.setPixelRatio(Math.min(DENSEST, devicePixelRatio));
    this.renderer.shadowMap.enabled = true;
    this.renderer.shadowMap.type = PCFShadowMap;
    this.renderer.shadowMap.autoUpdate = false;
    const made = this.makeGround();
    this.ground = { near: made.near.mesh, far: made.far.mesh };
    this.boxes = { near: made.near.box, far: made.far.box };
    this.solid = [this.makeBuildings(), this.makeProject()];
    this.scene.fog = this.haze;
    this.scene.add(this.ground.near, this.ground.far, ...this.solid, this.makeEdges(), this.sky, this.sun);
    this.scene.add(this.sun.target);
    this.setUpSun();
    this.resize();
  }

  /** From Lambert-93 and a height to the picture: x east, y up, z south. */
  private put([x, y, z]: Point): Vector3Tuple {
    const [east, north, level] = this.origin;
    return [x - east, z - level, north - y];
  }

  heightAt = (place: Position): number => heightAt(this.data.ground, place);

  // --- what stands there ---------------------------------------------------------------------------------------------

  /** The ground in two parts that share their corners: that around the project has a finer photo. */
  private makeGround() {
    const { ground } = this.data;
    const { left, top, pixel, columns, rows, heights } = ground;
    const [x, y] = this.origin;
    const around = cellsOf(ground, [x - NEAR_M, y - NEAR_M, x + NEAR_M, y + NEAR_M]);
    const at = (column: number, row: number): Position => [left + (column + 0.5) * pixel, top - (row + 0.5) * pixel];
    const positions = new Float32Array(3 * columns * rows);
    for (let i = 0; i < columns * rows; i++)
      positions.set(this.put([...at(i % columns, Math.floor(i / columns)), heights[i] ?? 0] as Point), 3 * i);
    const position = new BufferAttribute(positions, 3);
    const whole = new BufferGeometry().setAttribute("position", position).setIndex(cells(ground, () => true));
    whole.computeVertexNormals();
    const [first, up, last, down] = around;
    const isNear = (column: number, row: number): boolean =>
      column >= first && column < last && row >= up && row < down;
    const [west, north] = at(first, up);
    const [east, south] = at(last, down);
    const part = (box: Box, wanted: (column: number, row: number) => boolean) => ({
      box,
      mesh: new Mesh(
        new BufferGeometry()
          .setAttribute("position", position)
          .setAttribute("normal", whole.getAttribute("normal"))
          .setAttribute("uv", new BufferAttribute(uvOf(ground, box), 2))
          .setIndex(cells(ground, wanted)),
        new MeshLambertMaterial({ color: COLOURS.ground }),
      ),
    });
    const made = {
      near: part([west, south, east, north], isNear),
      far: part(boxOfGround(ground), (column, row) => !isNear(column, row)),
    };
    // The relief casts too: what turns its back to the sun (three draws back faces) shades what lies behind it.
    for (const { mesh } of Object.values(made)) mesh.castShadow = mesh.receiveShadow = true;
    return made;
  }

  private makeBuildings(): Mesh {
    const parts: [Triangles, number][] = [];
    for (const { geometry, properties } of this.data.scene.buildings.features)
      for (const rings of readShape(geometry as Geometry)?.parts ?? []) {
        const [outer = []] = rings;
        const foot = properties.ground_m ?? lowest(this.data.ground, outer);
        const bottom = Math.min(foot, lowest(this.data.ground, outer)) - SUNK_M;
        const { roof, walls } = prismOf(rings, bottom, foot + properties.height_m);
        parts.push([roof, COLOURS.roof], [walls, COLOURS.wall]);
      }
    return this.makeSolid(parts);
  }

  private footOf(volume: schema.Solid): number {
    const corners = volume.faces.flatMap(({ kind, rings }) => (kind === "floor" ? (rings[0] ?? []) : []));
    return volume.foot_m ?? lowest(this.data.ground, corners as unknown as Corner[] as unknown as Position[]);
  }

  private facesOf(volume: schema.Solid): { kind: schema.Solid["faces"][number]["kind"]; rings: Corner[][] }[] {
    const foot = this.footOf(volume);
    return volume.faces
      .filter(({ kind }) => kind !== "floor")
      .map(({ kind, rings }) => ({
        kind,
        rings: rings.map((ring) => ring.map(([x = 0, y = 0, z = 0]): Corner => [x, y, foot + z])),
      }));
  }

  private makeProject(): Mesh {
    const faces = this.data.scene.volumes.flatMap((volume) => this.facesOf(volume));
    return this.makeSolid(
      faces.map(({ kind, rings }) =>
        kind === "roof" ? [coverOf(rings), COLOURS.projectRoof] : [wallOf(rings[0] ?? []), COLOURS.projectWall],
      ),
    );
  }

  private makeSolid(parts: readonly [Triangles, number][]): Mesh {
    const geometry = new BufferGeometry();
    const colours = parts.flatMap(([triangles, colour]) => {
      const rgb = new Color(colour).toArray();
      return triangles.flatMap(() => rgb);
    });
    const positions = parts.flatMap(([triangles]) => triangles.flatMap((corner) => this.put(corner)));
    geometry.setAttribute("position", new Float32BufferAttribute(positions, 3));
    geometry.setAttribute("color", new Float32BufferAttribute(colours, 3));
    geometry.computeVertexNormals();
    const mesh = new Mesh(geometry, new MeshLambertMaterial({ vertexColors: true }));
    mesh.castShadow = mesh.receiveShadow = true;
    return mesh;
  }

  /** The edges of the project: what is lit and what is not can be told apart without colours. */
  private makeEdges(): LineSegments {
    const positions = this.data.scene.volumes
      .flatMap((volume) => this.facesOf(volume))
      .flatMap(({ rings }) => rings)
      .flatMap((ring) =>
        ring.flatMap((corner, i) => [...this.put(corner), ...this.put(ring[i + 1] ?? ring[0] ?? corner)]),
      );
    const geometry = new BufferGeometry().setAttribute("position", new Float32BufferAttribute(positions, 3));
    return new LineSegments(geometry, new LineBasicMaterial({ color: COLOURS.projectEdge }));
  }

  // --- light ---------------------------------------------------------------------------------------------------------

  private setUpSun(): void {
    const { camera, mapSize } = this.sun.shadow;
    Object.assign(camera, {
      left: -SHADOW_REACH_M,
      right: SHADOW_REACH_M,
      top: SHADOW_REACH_M,
      bottom: -SHADOW_REACH_M,
    });
    Object.assign(camera, { near: 1, far: 2 * SUN_AWAY_M });
    mapSize.set(SHADOW_PX, SHADOW_PX);
    this.sun.shadow.normalBias = 0.15;
    this.sun.shadow.bias = -0.0004;
    this.sun.castShadow = true;
  }

  /** Light on level ground is that of the photo; what is in the shade has that of the sky alone. */
  setSun(sun: schema.Sun | null): void {
    const elevation = ((sun?.elevation ?? 45) * Math.PI) / 180;
    const azimuth = ((sun?.grid_azimuth ?? 180) * Math.PI) / 180;
    const up = Math.sin(elevation);
    const [shines, level] = [sun !== null && up > 0, Math.cos(elevation)];
    this.sun.position.set(level * Math.sin(azimuth), up, -level * Math.cos(azimuth)).multiplyScalar(SUN_AWAY_M);
    const beam = shines ? Math.min(SUN_MOST, SUN_SHARE / up) : 0;
    const dark = sun !== null && !shines;
    this.sun.intensity = Math.PI * beam;
    this.sky.intensity = Math.PI * (dark ? NIGHT : 1 - beam * up);
    const air = new Color(dark ? COLOURS.night : COLOURS.day);
    this.scene.background = air;
    this.haze.color = air;
    this.renderer.shadowMap.needsUpdate = true;
    this.refresh();
  }

  /** The photo on a part of the ground; null: none. */
  setPhoto(part: Part, image: ImageBitmap | null): void {
    const { material } = this.ground[part];
    material.map?.dispose();
    material.map = image && new Texture(image);
    if (material.map) {
      material.map.colorSpace = SRGBColorSpace;
      // The image came upside down already, as an ImageBitmap must.
      material.map.flipY = false;
      material.map.anisotropy = Math.min(MOST_SLANTED, this.renderer.capabilities.getMaxAnisotropy());
      material.map.needsUpdate = true;
    }
    material.color.set(image ? 0xffffff : COLOURS.ground);
    material.needsUpdate = true;
    this.refresh();
  }

  // --- the eye -------------------------------------------------------------------------------------------------------

  setView(view: View): void {
    this.view = view;
    const { eye, target } = eyeOf(view, this.heightAt);
    this.camera.position.set(...this.put(eye));
    this.camera.lookAt(...this.put(target));
    [this.haze.near, this.haze.far] = HAZE[view.kind];
    this.refresh();
  }

  resize(): void {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (!width || !height) return;
    // Whoever watches a canvas is told its size at once: that clears nothing and draws nothing twice.
    if (this.renderer.getSize(new Vector2()).equals(new Vector2(width, height))) return;
    this.renderer.setSize(width, height, false);
    this.camera.aspect = width / height;
    this.camera.updateProjectionMatrix();
    this.refresh();
  }

  /** The place of the ground under a point of the picture; null: the sky, or something stands before it. */
  groundUnder(x: number, y: number): Position | null {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const ray = new Raycaster();
    this.camera.updateMatrixWorld();
    ray.setFromCamera(new Vector2((2 * x) / width - 1, 1 - (2 * y) / height), this.camera);
    const ground: Object3D[] = Object.values(this.ground);
    const [hit] = ray.intersectObjects([...ground, ...this.solid], false);
    if (!hit || !ground.includes(hit.object)) return null;
    const [east, north] = this.origin;
    return [east + hit.point.x, north - hit.point.z];
  }

  /** Metres that a pixel is wide at what one looks at. */
  get metresPerPixel(): number {
    const away = this.view?.kind === "orbit" ? this.view.distance : 10;
    return (2 * away * Math.tan((WIDE_DEGREES * Math.PI) / 360)) / Math.max(1, this.canvas.clientHeight);
  }

  // --- drawing -------------------------------------------------------------------------------------------------------

  /** Draws with the next frame. */
  refresh(): void {
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = 0;
      if (!this.view) return;
      this.renderer.render(this.scene, this.camera);
      this.drawn();
    });
  }

  /** The picture as it is now, on a canvas of its own. */
  copy(): HTMLCanvasElement {
    this.renderer.render(this.scene, this.camera);
    const copied = document.createElement("canvas");
    [copied.width, copied.height] = [this.canvas.width, this.canvas.height];
    copied.getContext("2d")?.drawImage(this.canvas, 0, 0);
    return copied;
  }

  /** Gives the graphics card back. */
  dispose(): void {
    cancelAnimationFrame(this.waiting);
    this.scene.traverse((one) => {
      if (one instanceof Mesh || one instanceof LineSegments) {
        one.geometry.dispose();
        one.material.dispose();
      }
    });
    for (const { material } of Object.values(this.ground)) material.map?.dispose();
    this.renderer.dispose();
    this.renderer.forceContextLoss();
  }
}

/** Two triangles for each square between four pixels that is wanted. */
function cells({ columns, rows }: Ground, wanted: (column: number, row: number) => boolean): number[] {
  const index: number[] = [];
  for (let row = 0; row < rows - 1; row++)
    for (let column = 0; column < columns - 1; column++) {
      if (!wanted(column, row)) continue;
      const a = row * columns + column;
      index.push(a, a + columns, a + 1, a + 1, a + columns, a + columns + 1);
    }
  return index;
}

/** Where each pixel of the ground is in an image of a box, from its south-west corner. */
function uvOf({ left, top, pixel, columns, rows }: Ground, [west, south, east, north]: Box): Float32Array {
  const uv = new Float32Array(2 * columns * rows);
  for (let i = 0; i < columns * rows; i++) {
    const [column, row] = [i % columns, Math.floor(i / columns)];
    uv[2 * i] = (left + (column + 0.5) * pixel - west) / (east - west);
    uv[2 * i + 1] = (top - (row + 0.5) * pixel - south) / (north - south);
  }
  return uv;
}

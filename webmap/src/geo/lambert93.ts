import type { LonLat } from "./mercator";

/** Lambert-93 (EPSG:2154): conformal conic, two standard parallels, GRS 80; WGS 84 and RGF93 are taken as equal. */
const A = 6378137;
const E2 = 0.006694380022900787;
const E = Math.sqrt(E2);
const DEG = Math.PI / 180;
const LON0 = 3 * DEG;
const X0 = 700000;
const Y0 = 6600000;

const m = (phi: number): number => Math.cos(phi) / Math.sqrt(1 - E2 * Math.sin(phi) ** 2);
const t = (phi: number): number => {
  const s = E * Math.sin(phi);
  return Math.tan(Math.PI / 4 - phi / 2) / ((1 - s) / (1 + s)) ** (E / 2);
};

const PHI1 = 44 * DEG;
const PHI2 = 49 * DEG;
const N = (Math.log(m(PHI1)) - Math.log(m(PHI2))) / (Math.log(t(PHI1)) - Math.log(t(PHI2)));
const F = m(PHI1) / (N * t(PHI1) ** N);
const RHO0 = A * F * t(46.5 * DEG) ** N;

/** [longitude, latitude] in degrees -> [E, N] in metres. */
export function toLambert93([lon, lat]: LonLat): [number, number] {
  const rho = A * F * t(lat * DEG) ** N;
  const theta = N * (lon * DEG - LON0);
  return [X0 + rho * Math.sin(theta), Y0 + RHO0 - rho * Math.cos(theta)];
}

/** [E, N] in metres -> [longitude, latitude] in degrees; the inverse to within a tenth of a millimetre. */
export function fromLambert93([east, north]: readonly [number, number]): LonLat {
  const [x, y] = [east - X0, Y0 + RHO0 - north];
  const ts = (Math.hypot(x, y) / (A * F)) ** (1 / N);
  let phi = Math.PI / 2 - 2 * Math.atan(ts);
  for (let i = 0; i < 8; i++) {
    const s = E * Math.sin(phi);
    phi = Math.PI / 2 - 2 * Math.atan(ts * ((1 - s) / (1 + s)) ** (E / 2));
  }
  return [3 + Math.atan2(x, y) / N / DEG, phi / DEG];
}

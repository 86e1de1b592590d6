import { html, nothing, type TemplateResult } from "lit";
import type * as schema from "../api/schema";
import { formatDate, formatNumber, type Language } from "../format/format";
import type { Geometry } from "../geo/geojson";
import { boxOfShape, readShape } from "../geo/shape";
import { clock } from "../simulation/instant";
import { ridgeOf } from "../simulation/project";
import type { SceneDesk } from "../simulation/scene/desk";

const MOST_NEIGHBOURS = 12;

/** What the picture shows, for who does not see it: volumes, neighbours, whom the shadow reaches. */
export function sceneTables(desk: SceneDesk, language: Language, open: boolean): TemplateResult {
  return html`<details class="scene-tables" ?open=${open}><summary>${desk.words("tables.title")}</summary>
    ${volumes(desk, language)}${neighbours(desk, language)}${shaded(desk, language)}</details>`;
}

const metres = (value: number, language: Language): string => `${formatNumber(value, language, 2)}\u00a0m`;

function volumes({ words, project, state }: SceneDesk, language: Language): TemplateResult {
  const row = (volume: (typeof project.state.project.volumes)[number], index: number): TemplateResult => {
    const foot = state.data?.scene.volumes[index]?.foot_m ?? null;
    return html`<tr><th scope="row">${volume.name}</th><td>${project.words(`roof.${volume.roof}`)}</td>
      <td>${metres(volume.eaves, language)}</td><td>${metres(ridgeOf(volume), language)}</td>
      <td>${foot === null ? words("volumes.unknown") : metres(foot, language)}</td></tr>`;
  };
  return html`<table class="simulate-table"><caption>${words("volumes.caption")}</caption>
    <thead><tr><th scope="col">${words("volumes.name")}</th><th scope="col">${words("volumes.roof")}</th><th scope="col">${words("volumes.eaves")}</th><th scope="col">${words("volumes.ridge")}</th><th scope="col">${words("volumes.foot")}</th></tr></thead>
    <tbody>${project.state.project.volumes.map(row)}</tbody></table>`;
}

function neighbours(desk: SceneDesk, language: Language): TemplateResult | typeof nothing {
  const { words, state } = desk;
  if (!state.data) return nothing;
  const nearest = state.data.scene.buildings.features.slice(0, MOST_NEIGHBOURS);
  if (!nearest.length) return html`<p class="muted">${words("neighbours.none")}</p>`;
  const row = ({ geometry, properties }: schema.BuildingAround, index: number): TemplateResult => {
    const shape = readShape(geometry as Geometry);
    const [west, south, east, north] = shape ? boxOfShape(shape) : [0, 0, 0, 0];
    const direction = desk.bearingTo([(west + east) / 2, (south + north) / 2]);
    const source = words(properties.measured ? "neighbours.measured" : "neighbours.usual");
    return html`<tr><th scope="row">${words("neighbours.towards", { number: index + 1, direction })}</th>
      <td>${metres(properties.distance_m, language)}</td><td>${metres(properties.height_m, language)} <small>${source}</small></td></tr>`;
  };
  return html`<table class="simulate-table"><caption>${words("neighbours.caption")}</caption>
    <thead><tr><th scope="col">${words("neighbours.name")}</th><th scope="col">${words("neighbours.distance")}</th><th scope="col">${words("neighbours.height")}</th></tr></thead>
    <tbody>${nearest.map(row)}</tbody></table>`;
}

/** The desk's own figures of the shadow, at its hour. */
function shaded({ project }: SceneDesk, language: Language): TemplateResult | typeof nothing {
  const { words } = project;
  const answer = project.shadow.answer.value;
  if (!answer?.shadow) return nothing;
  const { day, minutes } = project.state.instant;
  const area = (value: number): string => `${formatNumber(value, language, value < 100 ? 1 : 0)}\u00a0m²`;
  const when = `${formatDate(day, language)}, ${clock(minutes)}`;
  if (!answer.neighbours.length) return html`<p class="muted">${words("shadow.none")} (${when})</p>`;
  return html`<table class="simulate-table"><caption>${words("shadow.caption")} (${when})</caption>
    <thead><tr><th scope="col">${words("shadow.parcel")}</th><th scope="col">${words("shadow.shaded")}</th><th scope="col">${words("shadow.buildings")}</th></tr></thead>
    <tbody>${answer.neighbours.map((one) => html`<tr><th scope="row">${one.name || one.parcel}</th><td>${area(one.shaded_m2)}</td><td>${area(one.buildings_m2)}</td></tr>`)}</tbody></table>`;
}

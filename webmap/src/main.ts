import "@fontsource-variable/atkinson-hyperlegible-next/wght.css";
import "../../gis_core/static/gis_core/tokens.css";
import "./styles/base.css";
import "./styles/shell.css";
import "./styles/phone.css";
import "./styles/parts.css";
import "./styles/desks.css";
import "./styles/states.css";
import "./styles/photos.css";
import "./styles/photos-map.css";
import { readConfig } from "./app/config";
import { Controller } from "./app/controller";
import { startJobs } from "./app/jobs";
import { startKeyboard } from "./app/keyboard";
import { startSurroundings } from "./app/surroundings";
import { ArpentApp } from "./ui/app";

const mapModule = import("./map/pair");
const app = new Controller(readConfig(document), {
  openEditor: async (port, layer) => (await import("./edit/open")).openEditor(port, layer),
  restoreParcels: async (port, idus) => (await import("./parcels/desk")).deskOf(port).restore(idus),
  takeParcels: async (port, idus) => (await import("./parcels/desk")).deskOf(port).takeList(idus),
});

startSurroundings(app);
startKeyboard(app);
startJobs(app);
void app.session.watch();

customElements.define("arpent-app", ArpentApp);
const root = document.createElement("arpent-app") as ArpentApp;
root.app = app;
const place = document.getElementById("arpent");
if (place) place.replaceWith(root);
else document.body.append(root);

const started = app.start();
const { createMap } = await mapModule;
await root.updateComplete;
const target = root.querySelector<HTMLElement>("#arpent-map");
const twin = root.querySelector<HTMLElement>("#arpent-twin-map");
if (target && twin) {
  let renders = 0;
  let settled = false;
  // Labels are drawn on a canvas: they do not change their font by themselves once it has come.
  const fonts = document.fonts.load('600 11px "Atkinson Hyperlegible Next Variable"').catch(() => []);
  await fonts;
  const rendered = (): void => {
    if (!settled) return;
    renders += 1;
    document.documentElement.dataset["arpentReady"] = "true";
    document.documentElement.dataset["arpentRender"] = String(renders);
  };
  const map = createMap(target, twin, app.mapEvents(rendered));
  app.attach(map);
  await started;
  settled = true;
  map.refresh();
  if (app.config.user) void import("./app/overwritten").then(({ tellOverwritten }) => tellOverwritten(app));
}

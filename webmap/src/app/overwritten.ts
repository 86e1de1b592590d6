import type { Notice } from "../api/schema";
import type { AppPort } from "./port";

const MOST_TOLD = 3;

/** Tells whose work a program wrote over (QGIS does not say which version it saw); told once, when it was read. */
export async function tellOverwritten(app: AppPort): Promise<void> {
  const { api } = app.config.urls;
  const response = await app.api.send(`${api}notices/?limit=${MOST_TOLD}`).catch(() => null);
  const page = (await response?.json()) as { results: Notice[] } | undefined;
  for (const one of page?.results ?? []) tell(app, one);
}

function tell(app: AppPort, { id, layer, layer_title, feature, action, fields, by }: Notice): void {
  const names = fields.map(({ label }) => label).join(", ");
  const words = action === "delete" ? "overwritten.deleted" : "overwritten.fields";
  const read = (): void =>
    void app.api.send(`${app.config.urls.api}notices/${id}/`, { method: "DELETE" }).catch(() => null);
  const act = (): void =>
    void (action === "delete" ? app.screen.openPanel("edit") : app.editing.open(layer, feature, "history"));
  app.notices.add("warning", app.t(words, { by, layer: layer_title, names }), {
    label: app.t("overwritten.show"),
    act,
    read,
  });
}

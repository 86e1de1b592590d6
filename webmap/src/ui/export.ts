import type { AppPort } from "../app/port";

/** Opens the dialog of exports for a layer; its code is fetched then. `table`: what the layer's table shows of it. */
export async function openExport(
  app: AppPort,
  slug: string,
  table: { filter: string; inView: boolean } | null = null,
): Promise<void> {
  const layer = app.layers.get(slug);
  if (!layer) return;
  const { selection } = app.state;
  const chosen = selection?.layer === slug ? selection.id : null;
  try {
    const { showExport } = await import("./export-dialog");
    showExport(app, { layer, table, chosen });
  } catch {
    app.notices.add("error", app.t("error.offlineTitle"));
  }
}

import type { Controller } from "../app/controller";

/** Opens the dialog of exports for a layer; its code is fetched then. `table`: what the layer's table shows of it. */
export async function openExport(
  controller: Controller,
  slug: string,
  table: { filter: string; inView: boolean } | null = null,
): Promise<void> {
  const layer = controller.layer(slug);
  if (!layer) return;
  const { selection } = controller.state;
  const chosen = selection?.layer === slug ? selection.id : null;
  try {
    const { showExport } = await import("./export-dialog");
    showExport(controller, { layer, table, chosen });
  } catch {
    controller.notify("error", controller.t("error.offlineTitle"));
  }
}

import type { Config } from "../api/types";

/** The configuration the server wrote in the page. Throws when it is missing: nothing can work without it. */
export function readConfig(page: Document): Config {
  const text = page.getElementById("arpent-config")?.textContent;
  if (!text) throw new Error("The page has no #arpent-config.");
  return JSON.parse(text) as Config;
}

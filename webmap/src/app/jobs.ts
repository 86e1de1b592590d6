import type { AppPort } from "./port";

const BUSY_MS = 4000;
const IDLE_MS = 60000;

/** Keeps the list of running jobs fresh: often while there are some, seldom otherwise, never in a hidden page. */
export function startJobs(app: AppPort): void {
  if (!app.config.user) return;
  const look = async (): Promise<void> => {
    if (!document.hidden) {
      const jobs = await app.api.jobs().catch(() => []);
      const open = jobs.filter(({ state }) => state === "waiting" || state === "running");
      if (open.length || app.state.jobs.length) app.store.update({ jobs: open });
    }
    window.setTimeout(look, app.state.jobs.length ? BUSY_MS : IDLE_MS);
  };
  window.setTimeout(look, 1500);
}

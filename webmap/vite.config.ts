import { defineConfig } from "vitest/config";

export default defineConfig({
  base: "/static/webmap/",
  build: {
    outDir: "dist",
    manifest: true,
    target: "es2022",
    // light-dark() of the tokens stays as it is written.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    // A data: URI would need an exception in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: ["src/main.ts", "src/settings/main.ts", "src/maps/main.ts", "src/letters/main.ts"],
    },
  },
  test: { environment: "node", include: ["tests/**/*.test.ts"] },
});

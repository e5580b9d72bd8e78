/** Builds the lab: `web/` -> `dist/lab`, static files with relative addresses, so any folder of any server can hold it. */
import { defineConfig, type UserConfig } from 'vite';

const config: UserConfig = defineConfig({
  root: 'web',
  base: './',
  publicDir: false,
  // Vite compiles JSX itself (Oxc); Preact needs only its name as the import source.
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  worker: { format: 'es' },
  build: {
    outDir: '../dist/lab',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    // One page, one worker: a preload helper would only add a request.
    modulePreload: { polyfill: false },
  },
});

export default config;

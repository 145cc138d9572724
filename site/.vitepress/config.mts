import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';
import { drawDiagram } from './draw-diagram';

const sidebarOfApi = new URL('../pages/api/typedoc-sidebar.json', import.meta.url);
const api = existsSync(sidebarOfApi) ? JSON.parse(readFileSync(sidebarOfApi, 'utf8')) : [];

const page = (text: string, name: string) => ({ text, link: `/${name}` });

const sidebar = [
  {
    text: 'Start',
    items: [
      page('Getting started', 'getting-started'),
      page('Finding races', 'finding-races'),
      page('Gallery', 'gallery'),
      page('The registry', 'registry'),
      page('Setup files', 'setup-files'),
    ],
  },
  {
    text: 'Stand in for',
    items: [
      page('localStorage', 'local-storage'),
      page('zustand', 'zustand'),
      page('redux-persist', 'redux-persist'),
      page('pinia', 'pinia'),
      page('TanStack Query', 'tanstack-query'),
      page('jotai', 'jotai'),
      page('React Testing Library', 'react-testing-library'),
      page('unstorage, Keyv, Playwright', 'recipes'),
      page('jest-localstorage-mock', 'from-jest-localstorage-mock'),
      page('vitest-localstorage-mock', 'from-vitest-localstorage-mock'),
    ],
  },
  {
    text: 'Go further',
    items: [
      page('Simulating failures', 'simulating-failures'),
      page('Writing a backend', 'writing-a-backend'),
      page('Redis', 'redis'),
      page('Errors', 'errors'),
      page('All exports', 'exports'),
      page('Architecture', 'architecture'),
      page('Performance', 'performance'),
      page('Changelog', 'changelog'),
    ],
  },
];

export default defineConfig({
  title: 'shared-memory-registry',
  description: 'Test what happens when two tabs, clients or workers share one storage',
  lang: 'en',
  srcDir: 'pages',
  cleanUrls: false,
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  markdown: {
    config(md) {
      const { fence } = md.renderer.rules;
      md.renderer.rules.fence = (tokens, index, ...rest) => {
        const { info = '', content = '' } = tokens[index] ?? {};
        return info.trim() === 'mermaid' ? drawDiagram(content, `diagram-${index}`) : (fence?.(tokens, index, ...rest) ?? '');
      };
    },
  },
  themeConfig: {
    search: { provider: 'local' },
    nav: [page('Guide', 'getting-started'), page('Gallery', 'gallery'), { text: 'API', link: '/api/' }],
    sidebar: { '/api/': [{ text: 'API', link: '/api/', items: api }], '/': sidebar },
    outline: [2, 3],
  },
  vite: {
    resolve: {
      // What is built, as a user of the package gets it.
      alias: Object.fromEntries(
        [
          ['shared-memory-registry/web-storage', 'web-storage'],
          ['shared-memory-registry/simulation', 'simulation'],
          ['shared-memory-registry', 'index'],
        ].map(([name, file]) => [name, fileURLToPath(new URL(`../../dist/${file}.js`, import.meta.url))]),
      ),
    },
    worker: { format: 'es' },
  },
});

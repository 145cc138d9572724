import type { Theme } from 'vitepress';
import DefaultTheme from 'vitepress/theme';
import FrontPage from './FrontPage.vue';
import './style.css';

export default {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    app.component('FrontPage', FrontPage);
  },
} satisfies Theme;

import { createPinia, defineStore } from 'pinia';
import piniaPluginPersistedstate from 'pinia-plugin-persistedstate';
import { WebStorageArea } from 'shared-memory-registry/web-storage';
import { createApp, nextTick } from 'vue';

test('try', async () => {
  const area = new WebStorageArea();
  const tab = area.openWindow();
  const pinia = createPinia().use(piniaPluginPersistedstate);
  createApp({}).use(pinia);
  const useStore = defineStore('counter', { state: () => ({ count: 0 }), persist: { storage: tab.localStorage } });
  const store = useStore(pinia);
  store.count = 5;
  await nextTick();
  expect(tab.localStorage.getItem('counter')).toBe('{"count":5}');
});

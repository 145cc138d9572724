/** Code of an application: it has kept the storage that was there when it was imported. */
const { localStorage } = globalThis;

export const theme = {
  get current() {
    return localStorage.getItem('theme') ?? 'light';
  },
  set current(name) {
    localStorage.setItem('theme', name);
  },
};

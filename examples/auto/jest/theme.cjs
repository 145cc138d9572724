/** Code of an application: it has kept the storage that was there when it was imported. */
const { localStorage } = globalThis;

exports.theme = {
  get current() {
    return localStorage.getItem('theme') ?? 'light';
  },
  set current(name) {
    localStorage.setItem('theme', name);
  },
};

/** What is saved and loaded: the same at every run. Sizes are UTF-8 bytes of the envelope's JSON text. */

export function makePayloads() {
  return [
    payload('tiny', { count: 1 }),
    payload('small', settings()),
    payload('medium', { todos: range(30, todo) }),
    payload('large', { records: range(3000, record) }),
    payload('text', { title: 'Zażółć gęślą jaźń', body: 'Größe, façade, naïve, Ωμέγα, 日本語, 🚀. '.repeat(326) }),
    payload(
      'doubles',
      range(2000, (index) => Math.sin(index + 1) * 1000),
    ),
  ];
}

function payload(name, data) {
  const snapshot = { revision: '1', data };
  return { name, snapshot, bytes: new TextEncoder().encode(JSON.stringify(snapshot)).length };
}

function settings() {
  return {
    theme: 'dark',
    language: 'en-GB',
    fontSize: 14,
    lineHeight: 1.5,
    autosave: true,
    sidebar: { open: true, width: 280 },
    recent: ['notes.md', 'draft.md', 'index.html'],
    shortcuts: { save: 'Ctrl+S', find: 'Ctrl+F' },
  };
}

function todo(index) {
  return {
    id: `todo-${index}`,
    title: `Write the ${index}th paragraph of the report`,
    done: index % 3 === 0,
    priority: index % 5,
    tags: ['work', index % 2 ? 'writing' : 'reading'],
    createdAt: 1735689600000 + index * 60000,
    assignee: { name: `Person ${index % 7}`, team: 'docs' },
  };
}

function record(index) {
  return {
    id: index,
    uuid: `9b1deb4d-3b7d-4bad-9bdd-${String(index).padStart(12, '0')}`,
    name: `Record number ${index}`,
    price: index * 1.25 + 0.1,
    active: index % 2 === 0,
    note: index % 10 === 0 ? null : 'in stock, ships in two days',
    position: { x: index % 100, y: index % 37 },
    labels: ['a', 'b'],
  };
}

function range(count, make) {
  return Array.from({ length: count }, (_, index) => make(index));
}

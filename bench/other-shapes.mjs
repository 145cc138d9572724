/**
 * Runs a few dozen objects of other shapes through a medium, as an application does that stores more than one thing.
 * Code that is fast only while it has seen one shape is not fast. Of no contestant more often than of another.
 */
export async function runOtherShapes(medium) {
  for (let times = 0; times < 30; times += 1) {
    for (const data of shapes) {
      const backend = medium.getBackend('other shapes');
      await backend.save({ revision: '1', data });
      await backend.load();
    }
  }
}

const shapes = Array.from({ length: 48 }, (_, shape) => {
  const fields = Array.from({ length: 1 + (shape % 12) }, (_, field) => [
    `field${(shape * 7 + field) % 53}`,
    valueFor(shape + field),
  ]);
  return shape % 8 === 7 ? fields : Object.fromEntries(fields);
});

function valueFor(seed) {
  const values = [
    seed,
    seed + 0.5,
    `text ${seed}`,
    seed % 2 === 0,
    null,
    [seed, 'a', null],
    { inner: seed },
    { x: { y: [seed] }, z: '' },
  ];
  return values[seed % values.length];
}

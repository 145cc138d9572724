/** What a contestant shows before it is timed. */
import { isDeepStrictEqual } from 'node:util';

/** Throws where what is loaded is not what was saved. @returns whether saver, medium and loader share nothing */
export async function isolates({ name, open }, payloads) {
  const medium = await open();
  for (const payload of payloads) {
    const backend = medium.getBackend(`check ${payload.name}`);
    await backend.save(payload.snapshot);
    if (!isDeepStrictEqual(await backend.load(), payload.snapshot))
      throw new Error(`${name} loads something else: ${payload.name}`);
  }
  return (await isUnmoved(medium, (saved) => saved)) && (await isUnmoved(medium, (_saved, loaded) => loaded));
}

/** Whether a later load is unmoved by changes to the object that `choose` picks. */
async function isUnmoved(medium, choose) {
  const backend = medium.getBackend('leak');
  const saved = { revision: '1', data: { list: [{ count: 1 }], text: 'as saved' } };
  const expected = structuredClone(saved);
  await backend.save(saved);
  const changed = choose(saved, await backend.load());
  try {
    changed.data.list[0].count = 2;
    changed.data.list.push('more');
    changed.data.text = 'changed';
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // frozen: nobody can change it
  }
  return isDeepStrictEqual(await backend.load(), expected);
}

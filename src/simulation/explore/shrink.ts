/**
 * Sets as many choices as it can to 0, "as it comes", in ever smaller parts (A. Zeller and R. Hildebrandt, "Simplifying and
 * Isolating Failure-Inducing Input", 2002).
 * @param fails whether a run still fails by these choices
 */
export async function shrink(
  choices: readonly number[],
  fails: (choices: readonly number[]) => Promise<boolean>,
): Promise<readonly number[]> {
  let least = choices;
  for (let size = choices.length; size >= 1; size = Math.floor(size / 2)) {
    for (let start = 0; start < least.length; start += size) {
      const part = least.slice(start, start + size);
      if (part.every((choice) => choice === 0)) continue;
      const simpler = [...least.slice(0, start), ...part.map(() => 0), ...least.slice(start + size)];
      if (await fails(simpler)) least = simpler;
    }
  }
  return least;
}

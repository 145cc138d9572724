// @ts-check
import { SingleBar } from 'cli-progress';

/** @typedef {{ start(title: string, steps: number): void, step(): void, stop(): void }} Progress */

/** A bar where there is a terminal; one line for each suite where there is none. @returns {Progress} */
export function createProgress(stream = process.stderr) {
  if (!stream.isTTY) {
    return { start: (title) => stream.write(`${title} …\n`), step() {}, stop() {} };
  }
  const bar = new SingleBar({ stream, format: '{bar} {percentage}% {title}', clearOnComplete: true, hideCursor: true });
  return {
    start: (title, steps) => bar.start(steps, 0, { title }),
    step: () => bar.increment(),
    stop: () => bar.stop(),
  };
}

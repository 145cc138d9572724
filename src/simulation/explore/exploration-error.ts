import { nameError, StorageError } from '../../errors';
import type { Recording } from '../recording';

/** What is known of a schedule that fails. */
export interface Exploration {
  /** How often the scenario was run until it failed. */
  readonly runs: number;
  /** How many different schedules those were, the failing one included. */
  readonly schedules: number;
  /** The steps of the one that failed, such as `tab-1/counter#1 effect`. */
  readonly schedule: readonly string[];
  /** What its clients did, a lane for each. */
  readonly timeline: string;
  /** The same as a Mermaid sequence diagram. */
  readonly diagram: string;
  /** The same as data, with what was stored after each step: for `drawRecording`. */
  readonly recording: Recording;
  /** Give it as `replay` to run just this schedule. Empty where a scenario does not do the same in every run. */
  readonly token: string;
  /** Of the strategy `random`. */
  readonly seed?: number | undefined;
}

/** A schedule under which a scenario fails, or gets stuck. The scenario's own error is its `cause`. */
export class ExplorationError extends StorageError {
  static {
    nameError(ExplorationError);
  }

  declare readonly runs: number;
  declare readonly schedules: number;
  declare readonly schedule: readonly string[];
  declare readonly timeline: string;
  declare readonly diagram: string;
  declare readonly recording: Recording;
  declare readonly token: string;
  declare readonly seed: number | undefined;

  constructor(exploration: Exploration, { received, report = '', ...rest }: FailureDetails) {
    const { runs, schedules, timeline, token, seed } = exploration;
    const run = runs === schedules ? '' : ` (run ${runs})`;
    const schedule = `schedule ${schedules}${run}${seed === undefined ? '' : ` of seed ${seed}`}`;
    const replay = token === '' ? '' : `To run just this schedule: explore(scenario, { …, replay: '${token}' })`;
    super('ERR_SCHEDULE_FAILED', {
      operation: 'explore',
      expected: EXPECTED,
      received,
      ...rest,
    });
    this.message = [
      `explore: expected ${EXPECTED}, but ${schedule} fails [ERR_SCHEDULE_FAILED]`,
      received,
      beginningOf(timeline),
      // An empty line before the stack.
      [replay, report].map((line) => (line === '' ? '' : `${line}\n`)).join(''),
    ]
      .filter((part) => part !== '')
      .join('\n\n');
    const { recording, ...shown } = exploration;
    Object.assign(this, shown);
    // Not what a console prints with the error: the timeline says it shorter.
    Object.defineProperty(this, 'recording', { value: recording });
  }
}

/** What a schedule fails with. */
export interface FailureDetails {
  /** As words that follow "but". */
  readonly received: string;
  /** What the scenario has thrown, if it has. */
  readonly cause?: unknown;
  /** What to say of the report, if there is one. */
  readonly report?: string | undefined;
}

const EXPECTED = 'the scenario to pass in every order';

/** Of a run that goes on and on, what makes it do so can be seen from its beginning. */
export function beginningOf(timeline: string, most = MOST_ROWS): string {
  const rows = timeline.split('\n');
  const rest = rows.length - most;
  return rest <= 1 ? timeline : [...rows.slice(0, most), `… and ${rest} more rows`].join('\n');
}

const MOST_ROWS = 60;

export { type Clock, realClock, VirtualClock } from './clock';
export { withExpiry } from './expiry';
export { type Exploration, ExplorationError } from './explore/exploration-error';
export { type ExploreContext, type ExploreOptions, type ExploreReport, explore, type Scenario } from './explore/explore';
export { Journal, type JournalOptions } from './journal';
export type { JournalEntry } from './journal-entry';
export { withJournal } from './journaling';
export { type Duration, type LatencyOptions, withLatency } from './latency';
export { type ScheduledTurn, type Scheduler, withSchedule } from './scheduling';

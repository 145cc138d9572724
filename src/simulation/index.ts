export { checkHistory, type HistoryReport } from './check-history';
export { type Clock, VirtualClock } from './clock';
export { withExpiry } from './expiry';
export { type Exploration, ExplorationError } from './explore/exploration-error';
export { type ExploreReport, explore } from './explore/explore';
export type { ExploreContext, ExploreOptions, Scenario } from './explore/options';
export type { FakeTimers } from './explore/time-source';
export {
  type FaultKind,
  type FaultOptions,
  FaultPlan,
  type FaultTarget,
  type RandomFaults,
  SimulatedFault,
} from './fault-plan';
export { withFaults } from './faults';
export { Journal, type JournalOptions } from './journal';
export type { JournalEntry, JournalNote } from './journal-entry';
export { withJournal } from './journaling';
export { type Duration, type LatencyOptions, withLatency } from './latency';
export { type ScheduledTurn, type ScheduleOptions, type Scheduler, withSchedule } from './scheduling';

export { checkHistory, type HistoryReport } from './check-history';
export { type Clock, VirtualClock } from './clock';
export type { DeclaredAccesses } from './explore/accesses';
export type { CallFilter, CallOptions, ClientCall } from './explore/calls';
export type { ExploreReport } from './explore/exploration';
export { type Exploration, ExplorationError } from './explore/exploration-error';
export { explore } from './explore/explore';
export type { ExploreContext, ExploreOptions, ExploreProgress, Scenario } from './explore/options';
export type { FakeTimers, FrameworkTimers, NodeMockTimers, SinonClock } from './explore/time-source';
export {
  type FaultKind,
  type FaultOptions,
  FaultPlan,
  type FaultTarget,
  type RandomFaults,
  SimulatedFault,
} from './fault-plan';
export { Journal, type JournalOptions } from './journal';
export type { JournalEntry, JournalNote } from './journal-entry';
export type { RecordedStep, Recording, StoredValue } from './recording';
export type { ReportTarget } from './report/deliver-report';
export { type DrawingOptions, drawRecording } from './report/draw-recording';
export { recordingStyle } from './report/recording-style';
export { withExpiry } from './with-expiry';
export { withFaults } from './with-faults';
export { withJournal } from './with-journal';
export { type Duration, type LatencyOptions, withLatency } from './with-latency';
export { type ScheduledTurn, type ScheduleOptions, type Scheduler, withSchedule } from './with-schedule';

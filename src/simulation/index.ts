export { type Clock, realClock, VirtualClock } from './clock';
export { type Exploration, ExplorationError } from './explore/exploration-error';
export { type ExploreContext, type ExploreOptions, type ExploreReport, explore, type Scenario } from './explore/explore';
export { Journal, type JournalEntry, type JournalOptions } from './journal';
export { withJournal } from './journaling';
export { type ScheduledTurn, type Scheduler, withSchedule } from './scheduling';

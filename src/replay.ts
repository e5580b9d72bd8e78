/** A capture played again: the SYNs of a real server as a workload of the simulator. Knows both halves of the house. */
export { MOST_ATTEMPTS, ObservedAttempts } from './replay/observed-attempts.ts';
export { type ReplaySettings, replayScenario } from './replay/replay-scenario.ts';
export {
  busiestServers,
  type CapturedServer,
  type Workload,
  type WorkloadCounts,
  workloadFor,
} from './replay/workload.ts';

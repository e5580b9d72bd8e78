/** The simulated world: event queue, random streams, links, hosts, and recordings of runs. */
export { EventQueue } from './sim/event-queue.ts';
export type * from './sim/recording.ts';
export { Rng, stream } from './sim/rng.ts';
export type * from './sim/scenario-model.ts';

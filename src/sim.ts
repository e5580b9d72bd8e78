/** The simulated world: event queue, random streams, links, hosts, and recordings of runs. */
export { EventQueue } from './sim/event-queue.ts';
export { type CapturedPacket, packetsOf } from './sim/export.ts';
export type * from './sim/flood-frame.ts';
export type * from './sim/flood-model.ts';
export type * from './sim/flood-report.ts';
export { FloodRun, type FloodRunOptions, runFlood } from './sim/flood-run.ts';
export { Link } from './sim/link.ts';
export type * from './sim/middlebox/box-kind.ts';
export { ELSEWHERE, MIDDLEBOXES } from './sim/middlebox/catalogue.ts';
export type * from './sim/middlebox/types.ts';
export { unmetExpectations } from './sim/outcome.ts';
export { type RecordOptions, record } from './sim/record.ts';
export type * from './sim/recording.ts';
export { Rng, stream } from './sim/rng.ts';
export type * from './sim/scenario-model.ts';
export { storyOf } from './sim/story.ts';
export { Trace, type TraceFate } from './sim/trace.ts';
export { type Transit, World, type WorldObserver, type WorldOptions } from './sim/world.ts';

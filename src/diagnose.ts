/** The judge: what became of every connection attempt, from segments alone. Never imports the engine. */
export { Examiner, type FrameLike, type VerdictTotals, verdictTotals } from './diagnose/examiner.ts';
export type { HandshakeTable } from './diagnose/handshake-table.ts';
export { HandshakeTracker } from './diagnose/handshake-tracker.ts';
export { PacketCounts } from './diagnose/packet-counts.ts';
export { Fact, VERDICT_NAMES, Verdict, verdictOf } from './diagnose/verdict.ts';

/** What `halfopen tun serve` hands to the program that it starts in the namespace, as JSON in one argument, and where that program is. */
import { join } from 'node:path';
import type { NumberMode } from '../view/numbers.ts';
import type { WhyLevel } from '../view/why-text.ts';
import type { Profile } from './profiles.ts';

/** A program, not an import: nothing of it is in this process, nor in the files that hold this one's parts together. */
export const TUN_PROGRAM: string = join(import.meta.dirname, '..', 'cli', 'tun-inside.js');

export interface TunServeOptions {
  readonly port: number;
  /** The engine's own addresses, one of each IP version at most. */
  readonly addresses: readonly string[];
  readonly profile: Profile;
  readonly backlog: number;
  /** Of the road between engine and kernel, each way: percent, and milliseconds. */
  readonly loss: number;
  readonly delay: number;
  readonly seed: number;
  readonly numbers: NumberMode;
  readonly why: WhyLevel;
  /** File for a capture, '' = none. */
  readonly pcapng: string;
  /** Command to run in the namespace, empty = serve until Ctrl+C. */
  readonly command: readonly string[];
  readonly colour: boolean;
}

/** Options of the commands that tell a run step by step. */
import { Option } from 'commander';
import { WHY_LEVELS, type WhyLevel } from '../view/why-text.ts';
import { oneOf } from './arguments.ts';

const NUMBER_MODES = ['xy', 'relative', 'absolute'] as const;

/** What `numbersOption` and `whyOption` give. */
export interface Narration {
  readonly numbers: (typeof NUMBER_MODES)[number];
  readonly why: WhyLevel;
}

export function numbersOption(): Option {
  return new Option('-n, --numbers <mode>', 'sequence numbers: xy, relative or absolute')
    .argParser(oneOf('--numbers', NUMBER_MODES))
    .default('xy');
}

export function whyOption(): Option {
  return new Option('-w, --why <level>', 'reasons: all, failed (only checks that failed) or none')
    .argParser(oneOf('--why', WHY_LEVELS))
    .default('all');
}

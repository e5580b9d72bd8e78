/** The flood that the page shows. */
import { useLab } from '../use-lab.ts';
import type { FloodState } from './flood-lab.ts';

export function useFlood(): FloodState {
  const { flood } = useLab().state;
  if (flood === null) throw new Error('a component of the flood page stands where a handshake is shown');
  return flood;
}

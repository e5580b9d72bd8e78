/** The line of now glides to the next event, so that a token is seen to travel. Back-steps and jumps do not glide. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Recording } from '../../src/sim/recording.ts';
import type { ScaleMode } from '../../src/view/time-scale.ts';
import { timeAt, timeScale, yOf } from '../../src/view/time-scale.ts';

export interface Moment {
  /** The last step that has happened in the picture. */
  readonly step: number;
  /** A moment after it, or `undefined` for the step's own. */
  readonly now: number | undefined;
}

/** What to draw while the page is at `step`: the same, or a moment on the way there. */
export function useMovingNow(recording: Recording, step: number, scale: ScaleMode, playing: boolean): Moment {
  const [moment, setMoment] = useState<Moment>({ step, now: undefined });
  const from = useRef({ recording, step });
  useEffect(() => {
    const before = from.current;
    from.current = { recording, step };
    const t0 = recording.steps[before.step]?.t ?? 0;
    const t1 = recording.steps[step]?.t ?? 0;
    const still = before.recording !== recording || step !== before.step + 1 || t1 <= t0 || prefersStill();
    setMoment({ step, now: undefined });
    if (still) return;
    const map = timeScale(recording, scale);
    const y0 = yOf(map, t0);
    const y1 = yOf(map, t1);
    const length = playing ? PLAYED : STEPPED;
    const begin = performance.now();
    let frame = 0;
    const draw = (clock: number): void => {
      const share = Math.max(0, Math.min(1, (clock - begin) / length));
      if (share >= 1) return setMoment({ step, now: undefined });
      setMoment({ step: step - 1, now: timeAt(map, y0 + (y1 - y0) * ease(share)) });
      frame = requestAnimationFrame(draw);
    };
    draw(begin);
    return () => cancelAnimationFrame(frame);
  }, [recording, step, scale, playing]);
  // A recording that was just replaced must not be asked for a step it does not have.
  if (from.current.recording !== recording || Math.abs(moment.step - step) > 1) return { step, now: undefined };
  return moment;
}

function prefersStill(): boolean {
  return window.matchMedia('(prefers-reduced-motion: reduce)').matches;
}

/** Slow at the end, so that the arrival is seen. */
function ease(share: number): number {
  return 1 - (1 - share) ** 2;
}

/** Milliseconds per event, by hand (`--m-step`) and while playing, where the eye has nothing else to follow. */
const STEPPED = 260;
const PLAYED = 700;

/** The page: header, lesson, ladder, endpoints, transport. */
import type { JSX } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import type { Recording } from '../src/sim/recording.ts';
import { inFlight } from '../src/view/moments.ts';
import { Numbers } from '../src/view/numbers.ts';
import { stepSentence } from '../src/view/sentence.ts';
import { Dialogs } from './dialogs.tsx';
import { HeaderBytes } from './endpoints/header-bytes.tsx';
import { Spaces } from './endpoints/spaces.tsx';
import { States } from './endpoints/states.tsx';
import { TcbTable } from './endpoints/tcb-table.tsx';
import { Why } from './endpoints/why.tsx';
import { FloodPage } from './flood/flood-page.tsx';
import { Header } from './header.tsx';
import type { Lab } from './lab.ts';
import { Ladder } from './ladder/ladder.tsx';
import { Lesson } from './lesson.tsx';
import { TextView } from './text-view.tsx';
import { Toolbar } from './toolbar.tsx';
import { Transport } from './transport.tsx';
import { LabContext, useLab, useLabUpdates } from './use-lab.ts';

export function App({ lab }: { readonly lab: Lab }): JSX.Element {
  useLabUpdates(lab);
  const { recording, flood, numbers: mode, error } = lab.state;
  const numbers = useMemo(() => recording && new Numbers(recording, mode, { group: '\u00a0' }), [recording, mode]);
  return (
    <LabContext.Provider value={lab}>
      <a class="skip" href="#ladder">
        Skip to the ladder
      </a>
      <Header />
      {error !== '' && (
        <p class="error" role="alert">
          {error}
        </p>
      )}
      {flood?.scenario ? (
        <FloodPage />
      ) : recording && numbers ? (
        <Page recording={recording} numbers={numbers} />
      ) : (
        <main class="empty" aria-busy="true" />
      )}
      <Live numbers={numbers} />
      <Dialogs />
    </LabContext.Provider>
  );
}

function Page({ recording, numbers }: { recording: Recording; numbers: Numbers }): JSX.Element {
  const { step, asText, selected } = useLab().state;
  const flight = shownFlight(recording, step, selected);
  return (
    <>
      <main class="lab" data-hash={recording.hash}>
        <Lesson recording={recording} numbers={numbers} />
        <section class="ladder" id="ladder" aria-label="Ladder" tabindex={-1}>
          <div class="phone-title">
            <b>{recording.title}</b>
            <span class="mut">
              Step {step + 1} of {recording.steps.length}
            </span>
          </div>
          <Toolbar />
          {asText ? (
            <TextView recording={recording} numbers={numbers} />
          ) : (
            <Ladder recording={recording} numbers={numbers} />
          )}
        </section>
        <section class="endpoints" aria-label="Endpoints">
          <States recording={recording} step={step} />
          <Spaces recording={recording} step={step} numbers={numbers} />
          <Why recording={recording} step={step} numbers={numbers} />
          <HeaderBytes recording={recording} flight={flight} numbers={numbers} />
          <TcbTable recording={recording} step={step} numbers={numbers} />
        </section>
      </main>
      <Transport recording={recording} numbers={numbers} />
    </>
  );
}

/** What screen readers hear: one sentence per step, and short confirmations. Eyes see the confirmations too. */
function Live({ numbers }: { readonly numbers: Numbers | null }): JSX.Element {
  const lab = useLab();
  const { recording, flood, step, notice, playing } = lab.state;
  const at = recording?.steps[step];
  useEffect(() => {
    if (notice === '') return;
    const timer = setTimeout(() => lab.notify(''), NOTICE_MS);
    return () => clearTimeout(timer);
  }, [notice, lab]);
  return (
    <>
      <p class="sr" id="live" aria-live="polite" aria-atomic="true">
        {flood !== null
          ? lab.flood.sentence()
          : recording && numbers && at && !(playing && lab.state.speed > 1)
            ? stepSentence(recording, at, numbers)
            : ''}
      </p>
      <p class={notice === '' ? 'notice empty' : 'notice'} role="status">
        {notice}
      </p>
    </>
  );
}

/** The segment whose bytes are shown: the selected one, else what this step sent, received or lost, else the newest; -1 = none yet. */
function shownFlight(recording: Recording, step: number, selected: number): number {
  if (selected >= 0) return selected;
  const at = recording.steps[step];
  if (at === undefined) return -1;
  if (at.flight >= 0 && at.sent.length === 0) return at.flight;
  // Nothing that has not been sent yet: the bytes of the first SYN do not exist while the server only listens.
  return at.sent.at(-1) ?? inFlight(recording, step).at(-1) ?? recording.flights.findLastIndex((f) => f.sentAt < at.t);
}

const NOTICE_MS = 4000;

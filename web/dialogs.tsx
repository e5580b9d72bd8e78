/** The scenario picker and the help, as native dialogs: focus stays inside, Escape closes. */
import type { ComponentChildren, JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { SCENARIOS } from './scenarios.ts';
import { useLab } from './use-lab.ts';

export function Dialogs(): JSX.Element | null {
  const lab = useLab();
  if (lab.state.dialog === 'scenarios') return <Picker />;
  if (lab.state.dialog === 'help') return <Help />;
  return null;
}

function Modal({ label, children }: { readonly label: string; readonly children: ComponentChildren }): JSX.Element {
  const lab = useLab();
  const dialog = useRef<HTMLDialogElement>(null);
  // Before the next key, not after the next paint: what is typed right behind `/` belongs to the search.
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes a native dialog; the click is for the backdrop
    <dialog
      ref={dialog}
      class="modal"
      aria-label={label}
      onClose={() => lab.setDialog('none')}
      onClick={(e) => {
        if (e.target === e.currentTarget) lab.setDialog('none');
      }}
    >
      <div class="modal-body">{children}</div>
    </dialog>
  );
}

function Picker(): JSX.Element {
  const lab = useLab();
  const [query, setQuery] = useState('');
  const words = query.toLowerCase().split(/\s+/);
  const found = SCENARIOS.filter((s) => words.every((word) => `${s.title} ${s.id}`.toLowerCase().includes(word)));
  const list = useRef<HTMLUListElement>(null);
  const move = (e: JSX.TargetedKeyboardEvent<HTMLElement>): void => {
    if (e.key !== 'ArrowDown' && e.key !== 'ArrowUp') return;
    e.preventDefault();
    const buttons = [...(list.current?.querySelectorAll('button') ?? [])];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    buttons[Math.max(0, at + (e.key === 'ArrowDown' ? 1 : -1))]?.focus();
  };
  return (
    <Modal label="Choose a scenario">
      <form
        method="dialog"
        onKeyDown={move}
        onSubmit={(e) => {
          e.preventDefault();
          if (found[0]) lab.open(found[0].id);
        }}
      >
        <label class="search">
          <span>Find a scenario</span>
          <input type="search" value={query} onInput={(e) => setQuery(e.currentTarget.value)} autocomplete="off" />
        </label>
        <ul class="scenario-list" ref={list}>
          {found.map((s, i) => (
            <li key={s.id}>
              {s.kind !== found[i - 1]?.kind && <h3>{KIND_NAMES[s.kind]}</h3>}
              <button
                type="button"
                aria-current={s.id === lab.state.scenarioId ? 'true' : undefined}
                onClick={() => lab.open(s.id)}
              >
                <b>{s.title}</b>
                <span class="mono">{s.id}</span>
              </button>
            </li>
          ))}
          {found.length === 0 && <li class="mut">No scenario has these words in its name.</li>}
        </ul>
      </form>
    </Modal>
  );
}

const KIND_NAMES = { handshake: 'Handshakes, step by step', flood: 'Floods' } as const;

function Help(): JSX.Element {
  const lab = useLab();
  return (
    <Modal label="Help">
      <h2>Keys</h2>
      <dl class="keys">
        {KEYS.map(([keys, what]) => (
          <div key={what}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <h2>Reading the ladder</h2>
      <p>
        Time runs down, and the slope of an arrow is its delay. A lifeline is thin without a connection, dashed while it
        listens, half filled while half-open and full when established. Bars beside it are timers: hatched as far as
        they have run. A cross is where a segment was lost. Click a segment in flight, or press <kbd>b</kbd>, to drop,
        delay or duplicate it: the engine runs again, and what follows is what really follows.
      </p>
      <h2>Reading a flood</h2>
      <p>
        Each cell is a slot of the SYN queue: its pattern tells whose entry it is, its fill drains as its time runs out,
        notches count SYN/ACKs sent again, and brackets mark the entry that goes next. Behind the ladder of the one
        client that is followed, the flood is a band: as wide as SYNs came in 10 ms. Turn a knob and everything runs
        again from the start on the same seed; choose a second defence to see both side by side.
      </p>
      <button type="button" class="btn" onClick={() => lab.setDialog('none')}>
        Close
      </button>
    </Modal>
  );
}

const KEYS: readonly (readonly [readonly string[], string])[] = [
  [['←', '→'], 'step back, step (in a flood: a sample)'],
  [['Space'], 'play, pause'],
  [['Home', 'End'], 'first step, last step'],
  [['d', 'e', 's'], 'next drop, expiry, state change (in a flood: turn of the story)'],
  [['n'], 'numbers: absolute, relative, X and Y'],
  [['b'], 'branch here: choose what happens to the segment in flight'],
  [['x'], 'drop the segment in flight'],
  [['/'], 'choose a scenario'],
  [['t'], 'as text'],
  [['?'], 'this help'],
];

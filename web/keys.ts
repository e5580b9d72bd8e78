/** The keyboard: one table, active unless somebody types or a dialog is open. */
import type { Lab } from './lab.ts';

/** Starts listening on the document. */
export function listenToKeys(lab: Lab): void {
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (lab.state.dialog !== 'none' || isTyping(event.target)) return;
    // Space presses the button that has the focus; the page must not take it away.
    if (event.key === ' ' && isButton(event.target)) return;
    const act = KEYS[event.key];
    if (!act) return;
    event.preventDefault();
    act(lab);
  });
}

const KEYS: Readonly<Record<string, (lab: Lab) => void>> = {
  ArrowLeft: (lab) => lab.move(-1),
  ArrowRight: (lab) => lab.move(1),
  ' ': (lab) => lab.togglePlay(),
  Home: (lab) => lab.move(Number.NEGATIVE_INFINITY),
  End: (lab) => lab.move(Number.POSITIVE_INFINITY),
  d: (lab) => lab.jump('drop'),
  e: (lab) => lab.jump('expiry'),
  s: (lab) => lab.jump('state'),
  n: (lab) => lab.cycleNumbers(),
  b: (lab) => lab.branch(),
  x: (lab) => lab.intervene(lab.flying(), 'drop'),
  '/': (lab) => lab.setDialog('scenarios'),
  t: (lab) => lab.toggleText(),
  '?': (lab) => lab.setDialog('help'),
};

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

function isButton(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('button, [role=button], a, summary') !== null;
}

/**
 * Views that move together: hovering or focusing anything with `data-k` lights everything that shares one of its keys.
 * Keys: `f3` a flight, `n811402936` a number, `t1.retransmit` a timer, `s4` a step, `flags.3` the flags of a flight.
 */

/** Starts linked highlights below `root`. An attribute, not a class: the page may be drawn again meanwhile. */
export function linkHighlights(root: HTMLElement): void {
  let lit: Element[] = [];
  const light = (event: Event): void => {
    const target = event.target instanceof Element ? event.target.closest('[data-k]') : null;
    for (const element of lit) element.removeAttribute('data-lit');
    lit = [];
    // The first key names the thing itself; further keys only let it be found.
    const key = target?.getAttribute('data-k')?.split(' ')[0];
    if (!key) return;
    lit = [...root.querySelectorAll(`[data-k~="${CSS.escape(key)}"]`)];
    // Something that appears only once lights nothing else: then there is nothing to show.
    if (lit.length < 2) lit = [];
    for (const element of lit) element.setAttribute('data-lit', '');
  };
  root.addEventListener('pointerover', light);
  root.addEventListener('focusin', light);
}

/** The width of an element, kept up to date. */
import { useLayoutEffect, useState } from 'preact/hooks';

/** `usual` until it has been measured. */
export function useWidth(box: { readonly current: HTMLElement | null }, usual: number): number {
  const [width, setWidth] = useState(usual);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = (): void => setWidth(Math.max(120, element.clientWidth));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [box]);
  return width;
}

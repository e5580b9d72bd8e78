/** The top of the page: name, views, profile and seed, theme, share. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { copyText } from './copy.ts';
import { Icon, Mark } from './icons.tsx';
import { applyTheme, savedTheme, THEME_NAMES, THEMES, type Theme } from './theme.ts';
import { useLab } from './use-lab.ts';

export function Header(): JSX.Element {
  const lab = useLab();
  const { recording, flood } = lab.state;
  const seed = recording?.seed ?? flood?.runs[0]?.report?.seed;
  const profile = recording?.profile ?? flood?.scenario?.server.profile;
  return (
    <header class="top">
      <a class="brand" href="#lab" aria-label="halfopen, the lab">
        <Mark />
        <span>halfopen</span>
      </a>
      <nav class="tabs" aria-label="Views">
        <a href="#lab" aria-current="page">
          Lab
        </a>
      </nav>
      <span class="grow" />
      {profile !== undefined && <span class="profile mono">{profile}</span>}
      {seed !== undefined && <SeedField key={seed} seed={seed} />}
      <button type="button" class="btn ghost" onClick={() => lab.setDialog('help')} aria-label="Help: keys and signs">
        <Icon name="help" />
        <span class="lbl">Help</span>
      </button>
      <ThemeButton />
      <button type="button" class="btn ghost" onClick={() => share(lab)} aria-label="Share: copy a link to this step">
        <Icon name="share" />
        <span class="lbl">Share</span>
      </button>
    </header>
  );
}

async function share(lab: ReturnType<typeof useLab>): Promise<void> {
  const hash = lab.shareHash();
  history.replaceState(null, '', hash);
  const url = location.href;
  lab.notify((await copyText(url)) ? 'Link to this step copied.' : 'The link to this step is in the address bar.');
}

/** The seed may be typed over: Enter or leaving the field runs the scenario with it. */
function SeedField({ seed }: { readonly seed: number }): JSX.Element {
  const lab = useLab();
  const commit = (input: HTMLInputElement): void => {
    const text = input.value.trim();
    const value = Number(text);
    if (/^\d+$/.test(text) && value <= 0xffffffff) {
      if (value !== seed) lab.setSeed(value);
      return;
    }
    input.value = String(seed);
    lab.notify('A seed is a whole number from 0 to 4294967295.');
  };
  return (
    <label class="seed">
      <span>seed</span>
      <input
        class="mono"
        type="text"
        inputMode="numeric"
        size={6}
        defaultValue={String(seed)}
        aria-label="Seed of the run"
        onBlur={(e) => commit(e.currentTarget)}
        onKeyDown={(e) => {
          if (e.key === 'Enter') e.currentTarget.blur();
          if (e.key === 'Escape') e.currentTarget.value = String(seed);
        }}
      />
    </label>
  );
}

function ThemeButton(): JSX.Element {
  const [theme, setTheme] = useState<Theme>(savedTheme);
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'auto';
  const change = (): void => {
    applyTheme(next);
    setTheme(next);
  };
  return (
    <button
      type="button"
      class="btn ghost"
      onClick={change}
      aria-label={`Theme: ${THEME_NAMES[theme]}. Change to ${THEME_NAMES[next]}`}
    >
      <Icon name="theme" />
      <span class="lbl">{THEME_NAMES[theme]}</span>
    </button>
  );
}

/** The lab's entry: styles, the store, the page. */
import './styles/tokens.css';
import './styles/base.css';
import './styles/layout.css';
import './styles/ladder.css';
import './styles/panels.css';
import './styles/transport.css';
import './styles/flood.css';
import './styles/botnet.css';
import './styles/linked.css';
import { render } from 'preact';
import { App } from './app.tsx';
import { startEngine } from './engine.ts';
import { listenToKeys } from './keys.ts';
import { Lab } from './lab.ts';
import { linkHighlights } from './links.ts';
import { applyTheme, savedTheme } from './theme.ts';

const root = document.getElementById('lab');
if (root === null) throw new Error('index.html lost its #lab element');
applyTheme(savedTheme());
const lab = new Lab(startEngine(), location.hash);
render(<App lab={lab} />, root);
listenToKeys(lab);
linkHighlights(root);
window.addEventListener('hashchange', () => {
  if (location.hash.startsWith('#s=')) lab.openHash(location.hash);
});

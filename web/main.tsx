/** The lab's entry: styles, the store, the page. */
import './styles/tokens.css';
import { render } from 'preact';

const root = document.getElementById('lab');
if (root === null) throw new Error('index.html lost its #lab element');
render(<p>halfopen</p>, root);

/** What needs Node: capture files from disk or standard input. */
export { captureName, streamCapture } from './node/capture-file.ts';

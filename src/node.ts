/** What needs Node: captures from disk or standard input, outputs, scenario files, the servers of lab and metrics. */
export type { AttemptOutput, CaptureEnd } from './node/attempt-outputs.ts';
export { csvOutput, jsonOutput, zeekOutput } from './node/attempt-outputs.ts';
export { parquetOutput } from './node/attempt-parquet.ts';
export { CaptureSource, captureName } from './node/capture-source.ts';
export { streamTimeline } from './node/capture-timeline.ts';
export type { PcapngExport } from './node/export.ts';
export { recordingToPcapng } from './node/export.ts';
export type { LabOptions, LabServer } from './node/lab-server.ts';
export { LAB_FOLDER, startLab } from './node/lab-server.ts';
export { LiveCapture, type LiveOptions } from './node/live-capture.ts';
export { type MetricsOptions, type MetricsServer, startMetrics } from './node/metrics-server.ts';
export type { ScenarioText } from './node/scenario-files.ts';
export { readScenarioText, SHIPPED_SCENARIOS, shippedIds } from './node/scenario-files.ts';
export { watchMetrics } from './node/watch-metrics.ts';

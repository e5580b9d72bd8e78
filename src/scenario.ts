/** Scenario files: YAML text to checked scenarios, and the JSON Schema that editors use. */
export { ScenarioError } from './scenario/error.ts';
export { isFlood, parseAnyScenario, parseFloodScenario, parseScenario } from './scenario/parse.ts';
export { scenarioJsonSchema } from './scenario/schema.ts';
export { parseSet, type SetValue } from './scenario/set-value.ts';

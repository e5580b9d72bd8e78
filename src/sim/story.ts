/** Which of a scenario's captions belongs to which step of a recording. */
import { NAMING_FLAGS } from './path-rules.ts';
import type { Recording, Step } from './recording.ts';
import type { Caption, Scenario } from './scenario-model.ts';

/** One entry per step: the caption's text, or '' where the scenario says nothing. The first caption that fits wins. */
export function storyOf(scenario: Scenario, recording: Recording): string[] {
  const seen = new Array<number>(scenario.story.length).fill(0);
  return recording.steps.map((step) => {
    let text = '';
    scenario.story.forEach((caption, i) => {
      if (!fits(caption, step, recording)) return;
      seen[i] = (seen[i] ?? 0) + 1;
      if (text === '' && (caption.nth === 0 ? seen[i] === 1 : seen[i] === caption.nth)) text = caption.say;
    });
    return text;
  });
}

function fits(caption: Caption, step: Step, recording: Recording): boolean {
  const carries = (flight: number): boolean => {
    const flags = recording.flights[flight]?.segment.flags ?? 0;
    return caption.flags < 0 || (flags & NAMING_FLAGS) === (caption.flags & NAMING_FLAGS);
  };
  switch (caption.when) {
    case 'sends':
      return step.host === caption.host && step.kind !== 'inject' && step.sent.some(carries);
    case 'receives':
      return step.host === caption.host && step.kind === 'arrive' && carries(step.flight);
    case 'loses':
      return step.host === caption.host && step.kind === 'lost' && carries(step.flight);
    case 'timer':
      return (
        step.host === caption.host && step.kind === 'timer' && (caption.name === '' || step.label === caption.name)
      );
    case 'does':
      return step.host === caption.host && step.kind === 'app' && (caption.name === '' || step.label === caption.name);
    default:
      throw new Error(`no such caption: ${caption.when satisfies never}`);
  }
}

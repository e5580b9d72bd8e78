/** The real bytes of the segment's TCP header, grouped by field; the focused field is spelled out below. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Recording } from '../../src/sim/recording.ts';
import { type HeaderField, headerFields } from '../../src/view/header-fields.ts';
import type { Numbers } from '../../src/view/numbers.ts';
import { flagsName } from '../../src/view/segment-label.ts';

interface Props {
  readonly recording: Recording;
  readonly flight: number;
  readonly numbers: Numbers;
}

export function HeaderBytes({ recording, flight, numbers }: Props): JSX.Element | null {
  const [chosen, setChosen] = useState('');
  const segment = recording.flights[flight]?.segment;
  if (!segment) return null;
  const fields = headerFields(segment);
  const shown =
    fields.find((field) => field.key === chosen) ?? fields.find((field) => field.key === preferred(segment.flags));
  const length = fields.filter((f) => f.group !== 'data').reduce((sum, f) => sum + f.length, 0);
  const value = (field: HeaderField): string => {
    if (field.key === 'seq') return numbers.seq(segment);
    if (field.key === 'ack') return segment.flags & 0x10 ? numbers.ack(segment) : 'not used: the ACK flag is off';
    return field.value;
  };
  return (
    <section aria-labelledby="bytes-title" data-k={`f${flight}`} class="header-bytes">
      <div class="row2">
        <h2 id="bytes-title">
          {flagsName(segment.flags)}, the header’s {length} bytes
        </h2>
        <span class="mut small">dashed: options</span>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for form controls; these only show */}
      <div class="bytes" role="group" aria-label={`TCP header, ${length} bytes`}>
        {fields.map((field) => (
          <button
            type="button"
            key={field.offset}
            class={`bf ${field.group} ${field === shown ? 'on' : ''}`}
            data-k={field.key === 'seq' || field.key === 'ack' ? `n${field.raw}` : undefined}
            aria-label={`${field.name}: ${value(field)}`}
            aria-pressed={field === shown}
            onClick={() => setChosen(field.key)}
            onFocus={() => setChosen(field.key)}
            onPointerEnter={() => setChosen(field.key)}
          >
            {field.length > 12 ? `${field.hex.slice(0, 29)} …` : field.hex}
          </button>
        ))}
      </div>
      {shown && (
        <p class="bline">
          <b>{place(shown)}</b> {shown.name.toLowerCase().replace(/\b(sack|mss|md5)\b/g, (w) => w.toUpperCase())}:{' '}
          {shown.length === 4 && shown.raw >= 0 && <span class="mono">0x{shown.hex.replaceAll(' ', '')} = </span>}
          <span class="mono">{value(shown)}</span>
        </p>
      )}
    </section>
  );
}

/** With no field chosen: the acknowledgment where there is one, else the sequence number. */
function preferred(flags: number): string {
  return flags & 0x10 ? 'ack' : 'seq';
}

function place(field: HeaderField): string {
  return field.length === 1 ? `Byte ${field.offset}` : `Bytes ${field.offset}–${field.offset + field.length - 1}`;
}

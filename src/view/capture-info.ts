/** What is known of capture files themselves, from whoever reads them. */
export interface CaptureInfo {
  readonly files: readonly CaptureFile[];
  /** pcapng blocks that held no packet, by name. */
  readonly skippedBlocks: ReadonlyMap<string, number>;
}

export interface CaptureFile {
  /** As the user named it. */
  readonly name: string;
  /** 'pcap', 'pcapng', or '' when it was neither. */
  readonly format: string;
  /** What is missing at the end of the file, or why reading stopped; '' when nothing is. */
  readonly damage: string;
}

/** One name and one format for all: `ring_1.pcap`, or `3 captures` of `pcap and pcapng`. */
export function captureTitle({ files }: CaptureInfo): { readonly name: string; readonly format: string } {
  const formats = [...new Set(files.map(({ format }) => format))].filter((format) => format !== '').sort();
  const name = files.length === 1 ? files[0]!.name : `${files.length} captures`;
  return { name, format: formats.join(' and ') };
}

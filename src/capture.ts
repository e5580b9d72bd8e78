/** Capture files: pcap and pcapng over bytes, read and written, streaming. No file access here: that is `./node`. */
export { CaptureError } from './capture/error.ts';
export { type PcapOptions, PcapWriter } from './capture/pcap-writer.ts';
export { type PcapngInterface, type PcapngPacket, PcapngWriter } from './capture/pcapng-writer.ts';
export { CaptureReader, readFrames } from './capture/reader.ts';
export { type CaptureInterface, Frame, FramesAhead, MAX_RECORD, type Truncation } from './capture/types.ts';

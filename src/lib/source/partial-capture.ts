/** The file that tells a directory in which a capture is under way, or was broken off, from a snapshot. */
export const PARTIAL_CAPTURE = 'capture.partial.jsonl';

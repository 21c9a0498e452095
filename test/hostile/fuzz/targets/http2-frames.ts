import {
  ACK,
  block,
  END_HEADERS,
  END_STREAM,
  frame,
  get,
  headers,
  post,
  preface,
  types,
  uint32,
} from "../../../unit/dataplane/harness/frames.ts";

const settings = frame(types.SETTINGS, 0, 0);
/** The first bytes of a connection. Mutations seldom change them, since the rest would be ignored then. */
export const connectionStart: string = preface + settings;

/** Client connections of valid frames, so that mutations start from every kind of frame. */
export const frameSeeds: readonly string[] = [
  headers(1, get) + headers(3, get),
  headers(1, post, 0) + frame(types.DATA, 0, 1, "hello") + frame(types.DATA, END_STREAM, 1, " world"),
  headers(1, post, 0) + frame(types.DATA, 0, 1, "a") + headers(1, [["x-t", "1"]]),
  frame(types.HEADERS, END_STREAM, 1, block(get)) + frame(types.CONTINUATION, END_HEADERS, 1, block([["x", "y"]])),
  headers(1, get) + frame(types.RST_STREAM, 0, 1, uint32(8)) + frame(types.PING, 0, 0, "12345678"),
  frame(types.WINDOW_UPDATE, 0, 0, uint32(65_535)) +
    frame(types.SETTINGS, 0, 0, `\0\x04${uint32(0)}`) +
    headers(1, get),
  frame(types.SETTINGS, ACK, 0) + headers(1, [...get, ["cookie", "a=b"], ["cookie", "c=d"], ["te", "trailers"]]),
  headers(1, get) + frame(types.GOAWAY, 0, 0, uint32(0) + uint32(0)),
];

export const frameTokens: readonly string[] = [
  ...[
    "\0\0\0",
    "\0\0\x08",
    "\xff\xff\xff",
    uint32(1),
    uint32(0x7fff_ffff),
    "\0\x04",
    "\0\x05",
    "\x82",
    "\x84",
    "\x3f\xe1\x1f",
  ],
  ...[headers(5, get), headers(1, post, 0), frame(types.DATA, 0, 1, "x"), frame(types.DATA, END_STREAM, 1), settings],
  ...[
    frame(types.PING, ACK, 0, "12345678"),
    frame(types.RST_STREAM, 0, 3, uint32(0)),
    frame(types.CONTINUATION, 0, 1, ""),
  ],
  ...[frame(99, 255, 7, "unknown"), block([[":path", "/b"]]), block([["connection", "x"]]), preface],
];

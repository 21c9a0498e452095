import { parentPort, workerData } from "node:worker_threads";
import type { ThreadData } from "./messages.ts";
import { ServingThread } from "./serving-thread.ts";

// A worker thread starts with this module; in the main thread it does nothing.
if (parentPort !== null) new ServingThread(parentPort, workerData as ThreadData);

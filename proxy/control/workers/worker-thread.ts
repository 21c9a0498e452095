import { parentPort, workerData } from "node:worker_threads";
import type { ThreadData } from "./messages.ts";
import { ServingThread } from "./serving-thread.ts";

// The module that a worker thread begins with; elsewhere it does nothing.
if (parentPort !== null) new ServingThread(parentPort, workerData as ThreadData);

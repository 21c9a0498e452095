import { connect, createServer, type Server, type Socket } from "node:net";
import { text } from "node:stream/consumers";

/** The actions of tests on a part of the cluster. `start` waits until the part is ready. */
export const actions = ["kill", "pause", "resume", "start"] as const;
export type Action = (typeof actions)[number];

export interface Command {
  readonly action: Action;
  readonly part: string;
}

interface Reply {
  readonly error?: string;
}

/** Carries out commands that arrive at a socket file: one JSON document each way per connection. */
export function listenForCommands(file: string, carryOut: (command: Command) => Promise<void>): Server {
  const answer = async (socket: Socket): Promise<void> => {
    const reply = await text(socket)
      .then((request) => carryOut(JSON.parse(request) as Command))
      .then(
        (): Reply => ({}),
        (error: unknown): Reply => ({ error: String(error) }),
      );
    socket.end(JSON.stringify(reply));
  };
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on("error", () => undefined);
    void answer(socket);
  });
  return server.listen(file);
}

/** Sends a command to the cluster that listens at this file. */
export async function send(file: string, command: Command): Promise<void> {
  const socket = connect({ path: file, allowHalfOpen: true });
  socket.end(JSON.stringify(command));
  const { error } = JSON.parse(await text(socket)) as Reply;
  if (error !== undefined) throw new Error(`${command.action} ${command.part}: ${error}`);
}

import assert from "node:assert/strict";
import { test } from "node:test";
import { Client, credentials, ServerCredentials, type ServiceError, status } from "@grpc/grpc-js";
import { StreamServer } from "../../../../proxy/control/stream/server.ts";
import { configurationService, largestFromProxy } from "../../../../proxy/control/stream/service.ts";

test("a message beyond what a proxy has to say is refused before it is read, and nobody is authenticated", async (t) => {
  let authenticated = 0;
  const server = new StreamServer({
    address: "127.0.0.1:0",
    credentials: ServerCredentials.createInsecure(),
    authenticate: async () => {
      authenticated++;
    },
    onChange: () => {},
    onRefused: () => {},
    onMalformed: () => {},
  });
  const port = await server.listen();
  t.after(() => server.close());
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  t.after(() => client.close());
  const { path, responseDeserialize } = configurationService.stream;
  const call = client.makeBidiStreamRequest(path, (text: string) => Buffer.from(text), responseDeserialize);
  call.write(`{"type":"hello","has":{${'"a":"b",'.repeat(largestFromProxy / 8)}"c":"d"}}`);
  const error = await new Promise<ServiceError>((resolve) => call.on("error", resolve));
  assert.equal(error.code, status.RESOURCE_EXHAUSTED);
  assert.equal(authenticated, 0);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { profilesOf, tableOf } from "../../system/conformance/report.ts";

const report = `apiVersion: gateway.networking.k8s.io/v1
kind: ConformanceReport
profiles:
- core:
    result: success
    statistics: { Failed: 0, Passed: 40, Skipped: 0 }
  extended:
    result: failure
    failedTests: [HTTPRouteCORS]
    statistics: { Failed: 1, Passed: 3, Skipped: 2 }
    supportedFeatures: [HTTPRouteCORS, ListenerSet]
  name: GATEWAY-HTTP
- core:
    result: success
    statistics: { Failed: 0, Passed: 17, Skipped: 0 }
  name: GATEWAY-GRPC
`;

test("a report is told in a few lines, with what failed by its name", () => {
  assert.equal(
    tableOf(profilesOf(report)),
    `GATEWAY-HTTP   core      40 passed, 0 failed, 0 skipped
               extended  3 passed, 1 failed, 2 skipped: HTTPRouteCORS
  supported: HTTPRouteCORS, ListenerSet
  not supported: none
GATEWAY-GRPC   core      17 passed, 0 failed, 0 skipped`,
  );
});

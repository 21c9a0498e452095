import assert from "node:assert/strict";
import { test } from "node:test";
import { readReport } from "./report.ts";

test("a report is read case by case, with equal titles told apart", () => {
  const xml = `<?xml version="1.0"?><testsuites><testsuite name="6.5" package="http2/6.5" tests="4">
    <testcase package="http2/6.5" classname="Sends &#34;x&#34;" time="0.1"></testcase>
    <testcase package="http2/6.5" classname="Sends y" time="0.1">
      <failure>MUST close &lt;it&gt;&#xA;<expect>GOAWAY</expect></failure></testcase>
    <testcase package="http2/6.5" classname="Sends y" time="0.1"><skipped></skipped></testcase>
    <testcase package="http2/6.5" classname="Sends z" time="0"/>
  </testsuite></testsuites>`;
  assert.deepEqual(readReport(xml), [
    { name: 'http2/6.5 Sends "x"', outcome: "passed", detail: "" },
    { name: "http2/6.5 Sends y", outcome: "failed", detail: "MUST close <it>\n\nGOAWAY" },
    { name: "http2/6.5 Sends y (2)", outcome: "skipped", detail: "" },
    { name: "http2/6.5 Sends z", outcome: "passed", detail: "" },
  ]);
});

/** The AsyncAPI document may not drift from the code: topics, the report's fields, and examples that our own border accepts. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Compile } from "typebox/compile";
import { expect, test } from "vitest";
import { parse } from "yaml";
import type { HmsCode } from "../model/code.ts";
import { ReportMessage } from "../model/report.ts";
import type { PrinterId } from "../model/telemetry.ts";
import {
  CENTRAL_STATUS_TOPIC,
  alertTopic,
  edgeStatusTopic,
  healthTopic,
  rejectedTopic,
  reportTopic,
  snapshotTopic,
} from "../model/topics.ts";
import { readMessage } from "./messages.ts";

interface Channel {
  readonly address: string;
  readonly messages: Readonly<Record<string, { readonly $ref: string }>>;
}
interface Message {
  readonly payload: { readonly properties?: Readonly<Record<string, object>>; readonly required?: readonly string[] };
  readonly examples?: readonly { readonly payload: Readonly<Record<string, unknown>> }[];
}
interface AsyncApi {
  readonly asyncapi: string;
  readonly channels: Readonly<Record<string, Channel>>;
  readonly operations: Readonly<Record<string, { readonly channel: { readonly $ref: string } }>>;
  readonly components: { readonly messages: Readonly<Record<string, Message>> };
}

const file = join(import.meta.dirname, "../../docs/asyncapi.yaml");
const document = parse(readFileSync(file, "utf8")) as AsyncApi;
const printer = "{printer}" as PrinterId;

test("it has every topic, as the code writes it, and no other", () => {
  expect(document.asyncapi).toBe("3.0.0");
  expect(Object.fromEntries(Object.entries(document.channels).map(([name, channel]) => [name, channel.address]))).toEqual({
    report: reportTopic(printer, "{detector}"),
    rejected: rejectedTopic(reportTopic(printer, "{detector}")),
    edgeStatus: edgeStatusTopic("{edge}"),
    snapshot: snapshotTopic(printer),
    alert: alertTopic(printer, "{code}" as HmsCode),
    health: healthTopic(printer),
    status: CENTRAL_STATUS_TOPIC,
  });
});

test("every reference leads somewhere", () => {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map((match) => match[1] ?? "");
  for (const reference of references) {
    const found = reference.split("/").reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], document);
    expect(found, reference).toBeDefined();
  }
  expect(references.length).toBeGreaterThan(10);
});

test("the report has the fields of the schema", () => {
  const { payload } = document.components.messages["report"] as Message;
  expect(Object.keys(payload.properties ?? {}).sort()).toEqual(Object.keys(ReportMessage.properties).sort());
  expect([...(payload.required ?? [])].sort()).toEqual([...ReportMessage.required].sort());
});

test.each([
  ["report", "hms/v1/p1/report/hotend-fan", "report"],
  ["edgeStatus", "hms/v1/edge/e1/status", "status"],
  ["snapshot", "hms/v1/p1/snapshot", "news"],
])("the example of %s is accepted", (name, topic, kind) => {
  const example = document.components.messages[name]?.examples?.[0]?.payload;
  expect(readMessage(topic, Buffer.from(JSON.stringify(example)))).toMatchObject({ kind });
  if (name === "report") expect([...Compile(ReportMessage).Errors(example)]).toEqual([]);
});

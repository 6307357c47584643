/** A detector in a process of its own, over MQTT: a door that stands open while the printer prints. Needs the package mqtt. */
import mqtt from "mqtt";

const url = process.env.OPENHMS_MQTT ?? "mqtt://127.0.0.1:4671";
const report = { v: 1, detector: "open-door", code: "E900-0200-0002-0001", boot: String(Date.now()) };
const said = new Map();
let seq = 0;

// what the broker has not acknowledged, which is what central does not hold yet, the client keeps and sends again
const client = mqtt.connect(url, { username: "open-door", password: process.env.OPENHMS_TOKEN });
client.subscribe("hms/v1/+/snapshot");
client.subscribe(`hms/v1/+/report/${report.detector}/rejected`);
client.on("error", (error) => console.error(`will try again: ${error.message}`));
client.on("message", (topic, payload) => {
  // the last word of a topic that is taken away
  if (payload.length === 0) return;
  const message = JSON.parse(payload.toString());
  if (topic.endsWith("/rejected")) console.error(`refused: report ${message.seq}: ${message.reason}`);
  else look(message.snapshot);
});

function look({ printer, connected, doorOpen, state }) {
  // silence says nothing: neither that the fault is there nor that it is gone
  if (!connected || doorOpen === undefined) return;
  const status = doorOpen && state === "printing" ? "fail" : "pass";
  if (said.get(printer) === status) return;
  said.set(printer, status);
  const evidence = { says: `The door is ${doorOpen ? "open" : "closed"} while the printer is ${state}.` };
  const body = { ...report, printer, seq: seq++, at: new Date().toISOString(), status, evidence };
  client.publish(`hms/v1/${printer}/report/${report.detector}`, JSON.stringify(body), { qos: 1 });
}

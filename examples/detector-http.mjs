/** A detector in a process of its own, over HTTP: a bed that is kept hot although no job runs. Needs Node 22 and nothing else. */
const url = process.env.OPENHMS_URL ?? "http://127.0.0.1:4670";
const headers = { "content-type": "application/json", authorization: `Bearer ${process.env.OPENHMS_TOKEN ?? ""}` };
const limit = 45;
const everyMs = Number(process.env.EVERY_MS ?? 10_000);
const report = { v: 1, detector: "hot-bed", code: "E900-0100-0002-0001", boot: String(Date.now()), unit: "°C", limit };
const said = new Map();
const unsent = [];
let seq = 0;

function look({ id, connected, state, readings }) {
  const value = readings.bedTempC;
  // silence says nothing: neither that the fault is there nor that it is gone
  if (!connected || value === undefined) return;
  const status = state === "idle" && value > limit ? "fail" : "pass";
  if (said.get(id) === status) return;
  said.set(id, status);
  const evidence = { says: `The bed has ${value} °C while the printer is ${state}.` };
  unsent.push({ ...report, printer: id, seq: seq++, at: new Date().toISOString(), status, value, evidence });
}

async function ask(path, options) {
  const response = await fetch(`${url}/api/v1/${path}`, { ...options, headers });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

for (; ; await new Promise((resolve) => setTimeout(resolve, everyMs))) {
  try {
    for (const printer of (await ask("printers")).items) look(printer);
    const reports = unsent.slice(0, 100);
    if (reports.length === 0) continue;
    const { rejected } = await ask("reports", { method: "POST", body: JSON.stringify({ reports }) });
    // now they are on central's disk; before, they stay here and are sent again with the same numbers
    unsent.splice(0, reports.length);
    for (const { index, reason } of rejected) console.error(`refused: ${JSON.stringify(reports[index])}: ${reason}`);
  } catch (error) {
    console.error(`will try again: ${error.message}`);
  }
}

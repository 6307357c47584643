/** The commands against a running central, and how they say what is wrong: no central, a wrong id, a state that moved on, a token. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Alert } from "../../src/model/api.ts";
import { freePort } from "../site.ts";
import { type Ended, type Program, ask, run, scratch, start } from "./program.ts";

const CODE = "0300-0300-0001-0001";
const ID = `p1~${CODE}`;

interface Central {
  readonly url: string;
  readonly program: Program;
  openhms(...args: string[]): Promise<Ended>;
  report(code: string, status: "fail" | "pass"): Promise<void>;
}

async function startCentral(): Promise<Central> {
  const cwd = scratch();
  const port = await freePort();
  writeFileSync(join(cwd, "openhms.yaml"), `http: { port: ${port} }\nmqtt: { port: ${await freePort()} }\nprinters: []\n`);
  const program = start(["central"], { cwd });
  await program.says(/Ctrl-C stops/);
  const url = `http://127.0.0.1:${port}`;
  let seq = 0;
  return {
    url,
    program,
    openhms: (...args) => run(args, { cwd, env: { OPENHMS_URL: url } }),
    report: async (code, status) => {
      const report = { v: 1, printer: "p1", detector: "test", boot: "B1", seq: seq++, at: new Date().toISOString(), code, status };
      const headers = { "content-type": "application/json" };
      const response = await fetch(`${url}/api/v1/reports`, { method: "POST", headers, body: JSON.stringify({ reports: [report] }) });
      expect(await response.json()).toMatchObject({ accepted: 1 });
    },
  };
}

function expectRefusal({ code, stdout, stderr }: Ended, words: RegExp): void {
  expect(stderr.trimEnd().split("\n")).toEqual([expect.stringMatching(words)]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
}

test("from an empty central through one alert's life to its history", { timeout: 60_000 }, async () => {
  const { url, openhms, report, program } = await startCentral();
  const good = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await openhms(...args);
    expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: "" });
    return stdout;
  };
  expect(await good("printers")).toMatch(/No printers yet\. .*openhms\.yaml/);
  expect(await good("alerts")).toBe("No alerts.\n");
  expect(await good("history")).toBe("Nothing in the history yet.\n");

  await report(CODE, "fail");
  expect(await good("printers")).toMatch(/^p1 .*no start.*0300-0300-0001-0001/m);
  expect(await good("alerts")).toMatch(/^p1~0300-0300-0001-0001 +error +high +active, new /m);
  const [row] = (await good("alerts", "--json")).trimEnd().split("\n");
  const seen = JSON.parse(row ?? "") as Alert;
  expect(seen).toMatchObject({ id: ID, printer: "p1", isa: "B", acknowledged: false });

  expectRefusal(await openhms("ack", `p9~${CODE}`), /^openhms: .*no alert.*p9~/);
  expectRefusal(await openhms("ack", "p1~nonsense"), /^openhms: .*no HMS code/);
  expectRefusal(await openhms("ack", "nonsense"), /^openhms: .*no alert/);
  expectRefusal(await openhms("reset", ID), /^openhms: \S/);
  expectRefusal(await openhms("ack", ID, "--seen", String(seen.version + 7)), /^openhms: .*(version|changed)/);
  expect(await ask<Alert>(`${url}/api/v1/alerts/${ID}`)).toMatchObject({ acknowledged: false, version: seen.version });

  // any written form of the code, and the version that was seen
  expect(await good("ack", "p1~HMS_0300_0300_0001_0001", "--seen", String(seen.version))).toMatch(
    /^Acknowledged p1~0300-0300-0001-0001: .*still active/,
  );
  await report("0C00-0300-0003-0006", "fail");
  expect(await good("shelve", "p1~0C00-0300-0003-0006", "--minutes", "5", "--reason", "known, cleaned tonight")).toMatch(
    /^Shelved .* until \d{4}-/,
  );
  expect(await good("alerts", "--state", "all")).toMatch(/shelved/);
  expect(await good("unshelve", "p1~0C00-0300-0003-0006")).toMatch(/^Back from the shelf/);
  expectRefusal(await openhms("unshelve", "p1~0C00-0300-0003-0006"), /^openhms: \S/);

  await report("0500-0300-0002-0014", "fail");
  expect(await good("alerts")).not.toContain("0500-0300-0002-0014");
  expect(await good("promote", "HMS_0500_0300_0002_0014")).toMatch(/^0500-0300-0002-0014 has priority normal: /);
  expect(await good("alerts")).toMatch(/^p1~0500-0300-0002-0014 +warning +normal /m);
  expect(await good("promote", "0500-0300-0002-0014", "--priority", "catalogue")).toMatch(/has priority log, as in the catalogue: /);
  expect(await good("alerts")).not.toContain("0500-0300-0002-0014");
  expectRefusal(await openhms("promote", "nonsense"), /^openhms: .*no HMS code/);
  expectRefusal(await openhms("promote", "0300-0001"), /^openhms: .*status/);

  expect(await good("catalogue", "export")).toMatch(
    /^ {2}# raised once, on [\d-]+; the maker gives it no text\n[^]* - 0500-0300-0002-0014$/m,
  );
  const file = join(scratch(), "codes.yaml");
  expect(await good("catalogue", "export", "--out", file)).toMatch(/^1 code in .*codes\.yaml\. Read it through/);
  expect(readFileSync(file, "utf8")).toContain("# Codes seen in the field");
  expectRefusal(
    await openhms("catalogue", "export", "--out", join(file, "x")),
    /^openhms: cannot write .*; name another place with --out$/,
  );

  expect(await good("precision")).toMatch(/^Nobody has said yet .*openhms label/);
  expect(await good("label", "p1~HMS_0300_0300_0001_0001", "false", "--note", "the fan was only slow")).toMatch(
    /^Episode 1 of p1~0300-0300-0001-0001: a false alert\. /,
  );
  expectRefusal(await openhms("label", ID, "real", "--episode", "3"), /^openhms: .*no episode 3; its latest is 1/);
  expectRefusal(await openhms("label", `p9~${CODE}`, "real"), /^openhms: .*no alert.*p9~/);
  expect(await good("precision", "--printer", "p1")).toMatch(/^test +0300-0300-0001-0001 +0 +1 +0 +0 % +0 % and 79 %$/m);
  expect(JSON.parse(await good("precision", "--json"))).toMatchObject({ detector: "test", false: 1, precision: 0 });
  expect(await good("history", "--event", "label")).toContain("false: the fan was only slow");

  const history = await good("history", "--printer", "p1");
  expect(history).toMatch(/ack .*local/);
  expect(history).toContain("known, cleaned tonight");
  const page = await good("history", "--limit", "1");
  const cursor = /More: openhms history .*--cursor (\S+)/.exec(page)?.[1] ?? "";
  expect(await good("history", "--limit", "1", "--cursor", cursor)).not.toBe(page);
  expectRefusal(await openhms("history", "--cursor", "bogus"), /^openhms: \S/);
  expectRefusal(await openhms("history", "--event", "bogus"), /^openhms: .*event/);
  expect(await good("history", "--limit", "1", "--printer", "p1")).toMatch(/More: openhms history --limit 1 --printer p1 --cursor \S+/);
  expect(await good("alerts", "--state", "all", "--limit", "1")).toMatch(/There are more/);
  expect(await good("history", "--code", "0300_0300_0001_0001", "--json")).toMatch(/^\{"id":/);

  program.signal("SIGTERM");
  expect(await program.ended).toMatchObject({ code: 0, stderr: "" });
  expectRefusal(await openhms("printers"), /^openhms: no central at http:\/\/127\.0\.0\.1:\d+ .*openhms run/);
});

test("what is no address, and what answers but is no central", async () => {
  const cwd = scratch();
  expectRefusal(await run(["printers", "--url", "not a url"], { cwd }), /^openhms: .*not a url.*--url/);
});

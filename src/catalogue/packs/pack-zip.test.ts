/** Zips of packs: what is read, and that what no honest tool makes is refused whole, with the place. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { formatProblem } from "../../lib/errors.ts";
import { ZIP_LIMITS, readZipTexts } from "./pack-zip.ts";
import { type ZipFile, zipOf } from "./zip.fixture.ts";

const GOOD: readonly ZipFile[] = [
  { name: "pack.yaml", text: "id: mill\n" },
  { name: "causes/mill.yaml", text: "tank-empty: { text: The tank is empty., kind: material }\n" },
];

let folder = "";
let count = 0;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), "zip-"))));
afterAll(() => rm(folder, { recursive: true }));

async function write(bytes: Buffer): Promise<string> {
  const file = join(folder, `${count++}.zip`);
  await writeFile(file, bytes);
  return file;
}

/** Why a zip is refused, without its own path; no text of a refused one is kept. */
async function problemsOf(bytes: Buffer): Promise<readonly string[]> {
  const file = await write(bytes);
  const { texts, problems } = await readZipTexts(file);
  expect(texts.size).toBe(0);
  return problems.map((problem) => formatProblem(problem).replaceAll(file, "PACK"));
}

const bad = (...files: ZipFile[]) => problemsOf(zipOf([...GOOD, ...files]));

describe("a zip that no honest tool makes is refused whole", () => {
  test("a path that leads outside", async () => {
    expect(await bad({ name: "../../evil.yaml", text: "a: b" })).toEqual([expect.stringContaining("invalid relative path")]);
    expect(await bad({ name: "/etc/evil.yaml", text: "a: b" })).toEqual([expect.stringContaining("absolute path")]);
    expect(await bad({ name: "C:\\evil.yaml", text: "a: b" })).toEqual([expect.stringContaining("absolute path")]);
  });

  test("a link", async () => {
    expect(await bad({ name: "causes/link.yaml", text: "/etc/passwd", mode: 0o120_777 })).toEqual([
      "PACK/causes/link.yaml: is a link; a pack has plain files only",
    ]);
  });

  test("a bomb of one file, of many bytes, of many files", async () => {
    const zeros = Buffer.alloc(ZIP_LIMITS.fileBytes - 1, 0x20);
    expect(await bad({ name: "causes/bomb.yaml", text: zeros })).toEqual([expect.stringContaining("unpacks to far more than a text can")]);
    expect(await bad({ name: "causes/bomb.yaml", text: Buffer.alloc(ZIP_LIMITS.fileBytes + 1) })).toEqual([
      expect.stringContaining(`at most ${ZIP_LIMITS.fileBytes}`),
    ]);
    const noise = Buffer.from(Array.from({ length: 900_000 }, (_, i) => 32 + ((i * i * 31 + (i >> 3)) % 90)));
    const many = Array.from({ length: 18 }, (_, i) => ({ name: `causes/n${i}.yaml`, text: noise }));
    expect(await bad(...many)).toEqual([expect.stringContaining(`beyond the ${ZIP_LIMITS.totalBytes} bytes`)]);
    const files = Array.from({ length: ZIP_LIMITS.files }, (_, i) => ({ name: `n${i}.txt`, text: "" }));
    expect(await bad(...files)).toEqual([expect.stringContaining(`more than ${ZIP_LIMITS.files} files`)]);
  });

  test("a size that lies", async () => {
    expect(await bad({ name: "causes/lie.yaml", text: "a".repeat(50_000), claimedBytes: 10 })).toEqual([
      expect.stringMatching(/causes\/lie.yaml: cannot be read \(.*too many bytes/),
    ]);
  });

  test("a name twice, a password, bytes that are no text", async () => {
    expect(await bad({ name: "pack.yaml", text: "id: other" })).toEqual([expect.stringContaining("stands in the zip twice")]);
    expect(await bad({ name: "causes/x.yaml", text: "a: b", flags: 1 })).toEqual([expect.stringContaining("locked with a password")]);
    expect(await bad({ name: "causes/x.yaml", text: Buffer.from([0xff, 0xfe, 0x41]) })).toEqual([
      expect.stringContaining("PACK/causes/x.yaml: cannot be read"),
    ]);
  });

  test("what is no zip, half a zip, and none at all", async () => {
    expect(await problemsOf(Buffer.from("no zip at all"))).toEqual([expect.stringContaining("cannot be read")]);
    expect(await problemsOf(zipOf(GOOD).subarray(0, 120))).toEqual([expect.stringContaining("cannot be read")]);
    expect((await readZipTexts(join(folder, "nowhere.zip"))).problems[0]?.message).toContain("cannot be read (ENOENT");
  });
});

test("a zip inside and pictures are passed over", async () => {
  const { texts, problems } = await readZipTexts(
    await write(zipOf([...GOOD, { name: "more.zip", text: zipOf(GOOD) }, { name: "a.png", text: "x" }])),
  );
  expect(problems).toEqual([]);
  expect([...texts.keys()]).toEqual(["causes/mill.yaml", "pack.yaml"]);
});

test("a zip of a folder is the folder; of two folders it is no pack", async () => {
  const inside = GOOD.map((file) => ({ ...file, name: `mill-1.0/${file.name}` }));
  expect([...(await readZipTexts(await write(zipOf(inside)))).texts.keys()]).toEqual(["causes/mill.yaml", "pack.yaml"]);
  const beside = [...inside, { name: "other/pack.yaml", text: "id: other" }];
  expect([...(await readZipTexts(await write(zipOf(beside)))).texts.keys()]).not.toContain("pack.yaml");
});

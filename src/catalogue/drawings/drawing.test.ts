/** The drawings: each is safe and small, each part that a code can name is drawn, and the right one is chosen and lit. */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type DrawingTable, DrawingFile, type DrawnPlace, createDrawings, litDrawing, partNames } from "./drawing.ts";
import { PartFile } from "../files/shape.ts";
import { readTags, svgProblems } from "./svg.ts";
import { compileSchema, readValue } from "../files/yaml.ts";

const folder = fileURLToPath(new URL("../../../catalogue/", import.meta.url));
const textOf = (name: string): string => readFileSync(join(folder, name), "utf8");

function readYaml(name: string, schema: Parameters<typeof compileSchema>[0]): unknown {
  const { value, problems } = readValue({ label: name, text: textOf(name) }, compileSchema(schema));
  expect(problems).toEqual([]);
  return value;
}

const table = readYaml("drawings.yaml", DrawingFile) as DrawingTable;
const parts = readYaml("parts.yaml", PartFile) as Record<string, Record<string, string>>;
const files = readdirSync(join(folder, "drawings"));
const svgs = new Map(files.map((file) => [file, textOf(`drawings/${file}`)]));
const drawn = new Set([...svgs.values()].flatMap((svg) => [...partNames(svg).keys()]));
const choose = createDrawings(table, svgs);

const place = (text: string, more: Partial<DrawnPlace> = {}): DrawnPlace => {
  const [module = 0, unit = 0, part] = text.split(" ").map((byte) => Number.parseInt(byte, 16));
  return { module, unit, part: part ?? null, slot: null, ...more };
};

describe("every drawing", () => {
  test("stands in the table, and the table names no other", () => {
    expect(table.drawings.map(({ file }) => file).toSorted()).toEqual(files.toSorted());
  });

  test.each([...svgs])("%s is safe, small and takes its colours from the page", (_, svg) => {
    expect(svgProblems(svg)).toEqual([]);
    expect(Buffer.byteLength(svg)).toBeLessThanOrEqual(14 * 1024);
    for (const { attributes } of readTags(svg))
      for (const paint of [attributes.get("fill"), attributes.get("stroke")])
        expect(paint ?? "none").toMatch(/^(?:none|currentColor|var\(--[a-z]+,#[0-9a-f]{3,6}\))$/);
  });
});

describe("the table", () => {
  test("names only parts that are drawn", () => {
    const ids = [...Object.values(table.parts).flatMap((byPart) => Object.values(byPart)), ...Object.values(table.modules)].flat();
    const named = ids.flatMap((id) => (id.includes("{slot}") ? ["1", "2", "3", "4"].map((slot) => id.replace("{slot}", slot)) : [id]));
    expect(named.filter((id) => !drawn.has(id))).toEqual([]);
  });

  test("knows every part that has a name", () => {
    const named = Object.entries(parts).flatMap(([module, byPart]) => Object.keys(byPart).map((part) => ({ module, part })));
    const missing = named.filter(({ module, part }) => {
      const byPart = table.parts[module];
      return byPart?.[part] === undefined && byPart?.[`${part[0]}s`] === undefined;
    });
    expect(missing).toEqual([]);
  });

  test("gives every named part a drawing that holds what is lit", () => {
    for (const [key, byPart] of Object.entries(parts))
      for (const family of Object.keys(byPart)) {
        const unit = key.endsWith("ee") ? "FF" : "00";
        const slot = family.endsWith("s") ? 2 : null;
        const found = choose(place(`${key.slice(0, 2)} ${unit} ${family.replace("s", "1")}`, { slot }));
        expect(found?.lit.length, `${key} ${family}`).toBeGreaterThan(0);
        const held = partNames(svgs.get(found?.file ?? "") ?? "");
        for (const id of found?.lit ?? []) expect(held.has(id), `${key} ${family} ${id}`).toBe(true);
        expect(found?.partName).not.toBe("");
      }
  });

  test("knows every part that an entry shows", () => {
    for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => /^[0-9A-F]{2}\/.*\.yaml$/.test(name)))
      for (const [, id = ""] of textOf(file).matchAll(/^ +shows: (\S+)$/gm)) expect(drawn, `${file}: ${id}`).toContain(id);
  });
});

describe("choosing", () => {
  test.each([
    ["the heatbed of any printer", place("03 00 01"), "corexy.svg", ["heatbed"]],
    ["the heatbed of an A1 mini", place("03 00 01", { model: "A1 mini" }), "bedslinger.svg", ["heatbed"]],
    ["the heatbed of an A1 mini, written otherwise", place("03 00 01", { model: "a1mini" }), "bedslinger.svg", ["heatbed"]],
    ["the heatbed of an X1C", place("03 00 01", { model: "X1C" }), "corexy.svg", ["heatbed"]],
    ["the nozzle of an A1", place("03 00 02", { model: "A1" }), "toolhead.svg", ["nozzle"]],
    ["the door of an A1, which has none", place("03 00 96", { model: "A1" }), "corexy.svg", ["door"]],
    ["a sensor that only the bed slinger has", place("03 00 19"), "bedslinger.svg", ["y-sensor"]],
    ["XY homing", place("03 00 20"), "corexy.svg", ["x-axis", "y-axis"]],
    ["AMS C slot 3 filament", place("07 02 22", { slot: 3 }), "ams.svg", ["slot-3"]],
    ["a slot of an AMS on an A1", place("07 02 22", { slot: 3, model: "A1" }), "ams.svg", ["slot-3"]],
    ["AMS feed path", place("07 00 70", { slot: 1 }), "ams.svg", ["slot-1", "tube"]],
    ["an RFID board", place("07 00 31"), "ams.svg", ["rfid-2"]],
    ["an RFID tag", place("07 00 31", { slot: 2 }), "ams.svg", ["slot-2"]],
    ["an AMS-HT slot, whatever its number", place("18 05 23", { slot: 4 }), "ams-ht.svg", ["slot-1"]],
    ["the AMS-HT's heater", place("18 00 80"), "ams-ht.svg", ["heater-1"]],
    ["AMS Lite slot 4", place("12 00 23", { slot: 4 }), "ams-lite.svg", ["slot-4"]],
    ["AMS Lite slot 4 on an A1", place("12 00 23", { slot: 4, model: "A1" }), "ams-lite.svg", ["slot-4"]],
    ["AMS Lite tangle", place("12 01 81", { slot: 2 }), "ams-lite.svg", ["tangle-2"]],
    ["the buffer", place("07 00 40"), "corexy.svg", ["buffer"]],
    ["the external spool", place("07 FF 20"), "corexy.svg", ["spool-holder"]],
    ["the external spool of an A1", place("07 FF 20", { model: "A1" }), "bedslinger.svg", ["spool-holder"]],
    ["the spool holder beside an AMS Lite", place("12 FF 20"), "bedslinger.svg", ["spool-holder"]],
    ["the extruder switch", place("07 FE 81"), "toolhead.svg", ["extruder-switch"]],
    ["a cold pull left", place("07 FE A0"), "toolhead.svg", ["nozzle-left"]],
    ["a cold pull right", place("07 FF A0"), "toolhead.svg", ["nozzle"]],
    ["a device error of the AMS", place("07 01"), "ams.svg", ["ams"]],
    ["a device error of the left hotend", place("05 FE"), "toolhead.svg", ["nozzle-left"]],
    ["a device error that shows the nozzle", place("03 00", { shows: "nozzle" }), "toolhead.svg", ["nozzle"]],
    ["what an entry shows wins over the part", place("03 00 A4", { shows: "chamber-sensor" }), "corexy.svg", ["chamber-sensor"]],
    ["shown, but not drawn anywhere", place("03 00 01", { shows: "flux-capacitor" }), "corexy.svg", ["heatbed"]],
    ["a part without a name", place("03 00 7F"), "corexy.svg", ["motion-board"]],
    ["a part without a name beside slots", place("18 00 29"), "ams-ht.svg", ["ams"]],
    ["a hotend in the rack", place("1A 00 24"), "rack.svg", ["rack-hotend-4"]],
    ["our own storage", place("F0 00 05"), "system.svg", ["storage"]],
  ] as const)("%s", (_, at, file, lit) => {
    expect(choose(at)).toMatchObject({ file, lit });
  });

  test("nothing for a module that nobody knows", () => {
    expect(choose(place("77 00 01"))).toBeUndefined();
  });

  test("finds something or nothing for any bytes, and never throws", () => {
    const byte = fc.integer({ min: 0, max: 255 });
    const slot = fc.option(fc.integer({ min: 1, max: 4 }));
    fc.assert(
      fc.property(byte, byte, fc.option(byte), slot, (module, unit, part, at) => {
        const found = choose({ module, unit, part, slot: at });
        for (const id of found?.lit ?? []) expect(svgs.get(found?.file ?? "")).toContain(`data-part="${id}"`);
      }),
    );
  });
});

describe("lighting", () => {
  const corexy = svgs.get("corexy.svg") ?? "";

  test("lights the parts that are asked for and no other", () => {
    const lit = litDrawing(corexy, ["heatbed", "usb-slot", "no-such-part"], "Here");
    expect([...lit.matchAll(/data-part="([a-z-]+)"[^>]* class="lit"/g)].map(([, id]) => id)).toEqual(["heatbed", "usb-slot"]);
    expect(lit.match(/class="lit"/g)).toHaveLength(2);
    expect(lit.match(/class="halo"/g)).toHaveLength(1);
    expect(lit.indexOf('class="halo"')).toBeGreaterThan(lit.lastIndexOf("</g>"));
  });

  test("without parts it is the drawing under another name", () => {
    const plain = litDrawing(corexy, [], "Enclosed CoreXY printer");
    expect(partNames(plain)).toEqual(partNames(corexy));
    expect(plain).not.toContain("class=");
  });

  test("any caption stays a caption", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.constantFrom('"><script>alert(1)</script>', "$& $1 </svg>", "A & B")), (caption) => {
        const tags = readTags(litDrawing(corexy, ["heatbed"], caption));
        expect(tags.map(({ name }) => name)).toEqual(readTags(litDrawing(corexy, ["heatbed"], "x")).map(({ name }) => name));
        expect([...(tags[0]?.attributes.keys() ?? [])]).toEqual([...new Set(tags[0]?.attributes.keys())]);
        expect(unescapeXml(tags[0]?.attributes.get("aria-label") ?? "")).toBe(caption);
        expect(unescapeXml(tags[0]?.titled ?? "")).toBe(caption);
      }),
    );
  });
  const unescapeXml = (text: string): string =>
    text.replaceAll("&quot;", '"').replaceAll("&gt;", ">").replaceAll("&lt;", "<").replaceAll("&amp;", "&");

  test("every drawing is whole after any of its parts is lit", () => {
    for (const svg of svgs.values())
      for (const id of partNames(svg).keys()) {
        const lit = litDrawing(svg, [id], "x");
        expect(svgProblems(lit).filter((problem) => !problem.includes("attribute class"))).toEqual([]);
        expect(lit).toContain('class="lit"');
      }
  });
});

describe("a drawing from outside", () => {
  const wrap = (inside: string): string => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1">${inside}</svg>`;
  test.each([
    ["a script", wrap("<script>alert(1)</script>"), "<script> is not allowed"],
    ["an event", wrap('<path d="M0 0" onclick="alert(1)"/>'), "onclick"],
    ["a link", wrap('<a href="https://x.test"><path d="M0 0"/></a>'), "<a> is not allowed"],
    ["a reference", wrap('<path d="M0 0" xlink:href="#a"/>'), "xlink:href"],
    ["an image", wrap('<image href="x.png"/>'), "<image> is not allowed"],
    ["a style", wrap("<style>*{fill:red}</style>"), "<style> is not allowed"],
    ["a style attribute", wrap('<path d="M0 0" style="fill:red"/>'), "style"],
    ["a fetched paint", wrap('<path d="M0 0" fill="url(https://x.test/a.svg)"/>'), "the value of fill"],
    ["foreign markup", wrap("<foreignObject><p>x</p></foreignObject>"), "cannot be read"],
    ["an entity", `<!DOCTYPE svg [<!ENTITY a "b">]>${wrap("")}`, "cannot be read"],
    ["an unquoted attribute", wrap("<path d=M0/>"), "cannot be read"],
    ["upper case", wrap("<SCRIPT>alert(1)</SCRIPT>"), "cannot be read"],
    ["a tag that stays open", wrap("<g>"), "closes nothing"],
    ["two drawings", wrap("") + wrap(""), "not one <svg>"],
    ["a drawing in a drawing", wrap(wrap("")), "not one <svg>"],
    ["half a drawing", wrap("").slice(0, -6), "not closed"],
    ["a part twice", wrap('<g data-part="a"><title>A</title></g><g data-part="a"><title>A</title></g>'), "stands twice"],
    ["a part without a name", wrap('<g data-part="a"></g>'), "no title"],
    ["markup after a comment that a browser ends at once", wrap("<!--><script>alert(1)</script>-->"), "cannot be read"],
    ["markup after a comment that a browser ends early", wrap('<!-- --!><img src="x" onerror="alert(1)"> -->'), "cannot be read"],
    ["a space that is none to a browser", wrap('<g\u00a0fill="a tabindex=0 autofocus onfocus=alert(1) x"></g>'), "cannot be read"],
    ["an attribute twice", wrap('<path fill="url(https://x.test/a.svg)" fill="none" d="M0 0"/>'), "an attribute twice"],
    ["far too much", wrap(" ".repeat(70_000)), "longer than"],
  ])("is refused with %s", (_, svg, reason) => {
    expect(svgProblems(svg).join("; ")).toContain(reason);
  });
});

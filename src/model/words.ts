/**
 * Unit, slot and module of a code in words ("AMS B", slot 2). The rules are the field's: which byte counts as a unit depends on
 * the module, and the main board (05) names a unit only in some codes.
 */
import { type CodeFields, type HmsCode, fieldsOf } from "./code.ts";

const MODULES: Readonly<Record<number, string>> = {
  0x03: "Motion controller",
  0x05: "Main board",
  0x07: "AMS",
  0x08: "Tool head",
  0x0c: "Cameras and lidar",
  0x10: "Studio",
  0x11: "App",
  0x12: "AMS Lite",
  0x18: "AMS-HT",
  0x1a: "Hotend rack",
  0xf0: "OpenHMS",
};

/** The module's name; an unknown module by its number. */
export function moduleName(module: number): string {
  return MODULES[module] ?? `Module ${module.toString(16).toUpperCase().padStart(2, "0")}`;
}

export interface Place {
  /** "AMS B", "left external spool", "right hotend"; undefined when the code names no unit. */
  readonly unitName: string | undefined;
  /** 1-4. */
  readonly slot: number | undefined;
}

const letter = (index: number): string => String.fromCharCode(65 + index);

function filamentUnit(module: number, unit: number): string | undefined {
  const product = module === 0x12 ? "AMS Lite" : module === 0x18 ? "AMS-HT" : "AMS";
  // FF is the only holder or, on two-nozzle printers, the right one; the code does not tell which
  if (unit === 0xff) return "external spool";
  if (unit === 0xfe) return "external spool (left)";
  if (unit < 26) return `${product} ${letter(unit)}`;
  // the number by which MQTT calls an AMS-HT (128...)
  if (unit >= 0x80 && unit < 0x80 + 26) return `AMS-HT ${letter(unit - 0x80)}`;
  return undefined;
}

/** Codes that stand at the first slot's part but speak of the whole unit: module, part, level, number; AMS-HT as AMS. */
const OF_THE_WHOLE_UNIT = new Set([0x0770_2006, 0x0770_2007, 0x0770_2008, 0x1230_1004]);

/** Slot families by the high nibble of the part: motor, filament, RFID, overload, feed path, and tangle on the AMS Lite. */
function slotOfPart({ module, part, level, number }: CodeFields & { kind: "hms" }): number | undefined {
  const family = part >>> 4;
  const index = part & 15;
  const isSlotFamily = family === 1 || family === 2 || family === 3 || family === 6 || family === 7 || (family === 8 && module === 0x12);
  if (!isSlotFamily || index > 3) return undefined;
  // RFID boards, not slots: each board of a classic AMS serves two
  if (family === 3 && level !== 2 && module !== 0x12) return undefined;
  if (index === 0 && OF_THE_WHOLE_UNIT.has(((module === 0x18 ? 0x07 : module) << 24) | (part << 16) | (level << 12) | number))
    return undefined;
  return index + 1;
}

/** Main board: parts 04 and 05 complain about filament units by unit number, and NN 00 is AMS A only in these. */
const MAINBOARD_AMS_A = new Set([0x04_0044, 0x05_0010, 0x05_0014]);
const MAINBOARD_DEVICE_AMS = new Set([0x4098, 0x409d, 0x40a3]);
/** The same for the AMS-HT alone; at unit 00 they are about something else. */
const MAINBOARD_DEVICE_AMS_HT = new Set([0x4096, 0x409c, 0x40a2]);

function mainboardPlace(fields: CodeFields): Place {
  const { unit, number } = fields;
  if (fields.kind === "device") {
    if (unit === 0xfe) return { unitName: "left hotend", slot: undefined };
    if (unit === 0xff) return { unitName: "right hotend", slot: undefined };
    const named = MAINBOARD_DEVICE_AMS.has(number) || (unit >= 0x80 && MAINBOARD_DEVICE_AMS_HT.has(number));
    return { unitName: named ? feederUnit(unit) : undefined, slot: undefined };
  }
  const { part, level } = fields;
  if (part !== 0x04 && part !== 0x05) return { unitName: undefined, slot: undefined };
  // 0500-0400-0002-0010 to -001F: unit and slot stand in the number
  if (part === 0x04 && level === 2 && unit === 0 && number >= 0x10 && number <= 0x1f)
    return { unitName: `AMS ${letter((number - 0x10) >> 2)}`, slot: ((number - 0x10) & 3) + 1 };
  const named = unit === 0 ? MAINBOARD_AMS_A.has((part << 16) | number) : level !== 3;
  return { unitName: named ? feederUnit(unit) : undefined, slot: undefined };
}

function feederUnit(unit: number): string | undefined {
  if (unit < 8) return `AMS ${letter(unit)}`;
  if (unit === 0x10) return "AMS Lite";
  return unit >= 0x80 && unit < 0x88 ? `AMS-HT ${letter(unit - 0x80)}` : undefined;
}

/** Where in the machine a code points. */
export function placeOf(code: HmsCode): Place {
  const fields = fieldsOf(code);
  switch (fields.module) {
    case 0x07:
    case 0x12:
    case 0x18: {
      const unitName = filamentUnit(fields.module, fields.unit);
      const hasSlots = unitName !== undefined && fields.unit < 0xfe;
      const slot = fields.kind === "hms" && hasSlots ? slotOfPart(fields) : undefined;
      return { unitName, slot };
    }
    case 0x05:
      return mainboardPlace(fields);
    case 0x1a: {
      const index = fields.kind === "hms" ? fields.part & 15 : 0;
      const isPosition = fields.kind === "hms" && (fields.part >>> 4 === 0 || fields.part >>> 4 === 2) && index >= 1 && index <= 6;
      return { unitName: isPosition ? `rack position ${index}` : undefined, slot: undefined };
    }
    default:
      return { unitName: undefined, slot: undefined };
  }
}

/** Fans that stand still, turn slowly, wear out or lie; and dust where the air should go. Every fan that a machine has can have them. */
import { FANS, type FanPart } from "../../model/machine-parts.ts";
import type { FanDamage } from "../world/damage.ts";
import { codes, DAY_S, type Fault, HOUR_S, SUDDEN, type VendorNotice, type Wrong } from "./fault.ts";

function fan({ name }: FanPart, damage: Partial<FanDamage>): Wrong {
  if (name === "hotend") return { hotendFan: damage };
  if (name === "part") return { partFan: damage };
  if (name === "aux") return { auxFan: damage };
  return name === "chamber" ? { chamberFan: damage } : { controllerFan: damage };
}

const STALLED = "0001-0001";
/** The vendor calls a still part fan a warning, and a slow one by another number. */
const stalledCode = ({ name, prefix }: FanPart): string => `${prefix}-${name === "part" ? "0002-0001" : STALLED}`;
const slowCode = ({ name, prefix }: FanPart): string => `${name === "part" ? "0300-3100" : prefix}-0002-0002`;
const wornCode = ({ prefix }: FanPart): string => `${prefix}-0003-E102`;

function stallNotice(part: FanPart): VendorNotice {
  const hms = codes(stalledCode(part));
  if (part.name === "hotend") return { effect: "stop", hms, pausedStage: 27, noticedAfterS: 8 };
  return { effect: part.name === "part" ? "pause" : "none", hms, noticedAfterS: 8 };
}

/** What follows from missing air: a warm board, and filament that softens too early and sticks. */
const WARM_BOARD = codes("0300-3500-0002-E103");
const STICKS = codes("0300-0200-0003-E115 0300-0900-0002-0001 0300-0900-0002-0003 0300-0900-0003-E114 E100-0E00-0002-E002");

const consequences: Partial<Record<FanPart["name"], Fault["mayRaise"]>> = { hotend: STICKS, controller: WARM_BOARD };

function faultsOfFan(part: FanPart): readonly Fault[] {
  const { name, label } = part;
  const needs: Fault["needs"] = (facts) => facts.fans.includes(name);
  const hasTach: Fault["needs"] = (facts) => facts.body.tachs.includes(name);
  // jobs that want warm air never turn it
  const watched: Pick<Fault, "watchedS"> = name === "chamber" ? { watchedS: 6 * HOUR_S } : {};
  const mayRaise = [...codes(`${stalledCode(part)} ${slowCode(part)} ${wornCode(part)}`), ...(consequences[name] ?? [])];
  return [
    {
      name: `${name}-fan-stall`,
      about: `the ${label} does not turn`,
      onset: SUDDEN,
      damage: () => fan(part, { isStalled: true }),
      vendor: stallNotice(part),
      // without a tachometer only the board that it should cool tells
      expects: { klipper: [...codes(stalledCode(part)), ...(name === "controller" ? WARM_BOARD : [])] },
      mayRaise,
      needs,
      physicallyVisibleS: 3,
      ...watched,
    },
    {
      name: `${name}-fan-slow`,
      about: `the bearing of the ${label} is half stuck: it turns much too slowly`,
      onset: SUDDEN,
      damage: (strength) => fan(part, { friction: 1 + 2 * strength }),
      expects: { klipper: codes(`${slowCode(part)} ${stalledCode(part)} ${wornCode(part)}`) },
      mayRaise,
      needs: hasTach,
      physicallyVisibleS: 5,
      ...watched,
    },
    {
      name: `${name}-fan-worn`,
      about: `the bearing of the ${label} wears out over weeks`,
      onset: { kind: "creeping", overS: 14 * DAY_S },
      damage: (strength) => fan(part, { friction: 1 + 0.5 * strength }),
      expects: { klipper: codes(`${wornCode(part)} ${slowCode(part)}`) },
      mayRaise,
      needs: hasTach,
      physicallyVisibleS: DAY_S,
    },
  ];
}

/** Dust and lies, where a fan turns or seems to. */
const BLOCKED: readonly Fault[] = [
  {
    name: "hotend-fan-tach-lying",
    about: "the hotend fan stands still, but its tachometer wire picks up pulses from elsewhere",
    onset: SUDDEN,
    damage: () => ({ hotendFan: { isStalled: true, tachSays: 9_000 } }),
    expects: { klipper: codes("0300-0200-0003-E115") },
    mayRaise: [...codes("0300-0300-0003-E102 0300-0300-0002-0002"), ...STICKS],
    needs: (facts) => facts.body.tachs.includes("hotend") && facts.firmware === "klipper",
    physicallyVisibleS: 60,
  },
  {
    name: "part-fan-stutter",
    about: "the part cooling fan stops and starts again: its plug is loose",
    onset: SUDDEN,
    damage: (strength) => ({ partFan: { stutter: 0.5 * strength } }),
    expects: { klipper: codes("0300-3100-0002-0002 0300-0400-0002-0001") },
    mayRaise: codes("0300-0400-0003-E102"),
    needs: (facts) => facts.body.tachs.includes("part"),
    physicallyVisibleS: 10,
  },
  {
    name: "fins-blocked",
    about: "dust between the hotend fan and its fins: the fan turns, the heat stays",
    onset: { kind: "creeping", overS: 2 * HOUR_S },
    damage: (strength) => ({ coolingBlocked: 0.9 * strength }),
    expects: { klipper: codes("0300-0200-0003-E115") },
    mayRaise: STICKS,
    physicallyVisibleS: HOUR_S,
  },
  {
    name: "board-cooling-blocked",
    about: "the electronics' fan turns, but dust keeps its air out",
    onset: { kind: "creeping", overS: HOUR_S },
    damage: (strength) => ({ boardCoolingBlocked: 0.9 * strength }),
    expects: { klipper: codes("0300-3500-0002-E103") },
    physicallyVisibleS: HOUR_S / 2,
  },
];

export const FAN_FAULTS: readonly Fault[] = [...FANS.flatMap(faultsOfFan), ...BLOCKED];
